"""What a held cough has muted: only that is opened again when it is let go. Loop thread only."""

from collections.abc import Mapping
from dataclasses import dataclass

from console.audio.state import Channel


@dataclass(slots=True)
class Cough:
    """What is the cough's own mute of `channel`; nothing that was muted before it, or by anybody else meanwhile."""

    channel: str = ""
    in_returns: bool = False
    obs_input: str | None = None

    def holds(self, channel: str) -> bool:
        """Whether a mute of this channel is the cough's own."""
        return channel == self.channel and (self.in_returns or self.obs_input is not None)

    def begin(self, channel: Channel, *, opened_in_obs: str | None) -> None:
        """It mutes what of a channel is open: pressed again, it keeps what it has. `opened_in_obs`: an input there."""
        if channel.name != self.channel:
            self.channel, self.in_returns, self.obs_input = channel.name, False, None
        self.in_returns = self.in_returns or not channel.is_muted
        self.obs_input = self.obs_input or opened_in_obs

    def follow(self, renamed: Mapping[str, str]) -> None:
        """Channels are called otherwise: old names to new ones."""
        self.channel = renamed.get(self.channel, self.channel)

    def leave(self, channel: str) -> None:
        """Somebody else has muted this channel, or opened it: it stays so."""
        if channel == self.channel:
            self.in_returns, self.obs_input = False, None

    def leave_input(self, obs_input: str) -> None:
        """Somebody else has muted this input in OBS, or opened it: it stays so."""
        if obs_input == self.obs_input:
            self.obs_input = None
