"""The model of a show file's sound: channels, returns, meters, alarms, presets, interfaces. Pure data."""

from typing import Annotated, Final, Literal, Self

from pydantic import Field, field_validator, model_validator

from console.settings.part import NAME, Part

MOST_PORTS: Final = 64
Port = Annotated[int, Field(ge=1, le=MOST_PORTS)]
Db = Annotated[float, Field(ge=-120, le=24)]


class Channel(Part):
    """One audio input."""

    name: str = NAME
    inputs: tuple[Port, ...] = Field(min_length=1, max_length=2, description="Device inputs, counted from 1.")
    obs_input: str | None = Field(default=None, description="Its input in OBS: mute acts on both.")
    mute_acts_on: Literal["both", "obs", "returns"] | None = Field(
        default=None, description="Where its mute acts; absent: both when it has an obs_input, else the returns."
    )
    gain_db: float = Field(default=0.0, ge=-60, le=24, description="Its gain in every return and the programme.")
    pan: float = Field(default=0.0, ge=-1, le=1, description="Where it stands: -1 left, 0 centre, 1 right.")
    polarity: bool = Field(default=False, description="true turns its polarity over.")
    high_pass_hz: float | None = Field(default=None, ge=20, le=400, description="Takes out rumble below; absent: off.")
    delay_ms: float = Field(default=0.0, ge=0, le=1_000, description="Held back so long, for lip sync.")

    @model_validator(mode="after")
    def _obs_can_mute_it(self) -> Self:
        if self.mute_acts_on in ("both", "obs") and self.obs_input is None:
            raise ValueError(
                f'mute_acts_on = "{self.mute_acts_on}" needs an obs_input: add obs_input = "..." to this channel'
            )
        return self


class Return(Part):
    """What one person hears."""

    name: str = NAME
    listener: tuple[str, ...] = Field(default=(), description="Channels left out of it: the listener's own.")
    made_by: Literal["cuedrop", "elsewhere"] = Field(default="cuedrop", description="Who makes the N-1.")
    outputs: tuple[Port, ...] = Field(default=(), max_length=2, description="Device outputs, counted from 1.")
    loopback: tuple[Port, ...] = Field(
        default=(), max_length=2, description="Made elsewhere: the device inputs that carry what the listener is sent."
    )
    gains_db: dict[str, Db] = Field(default_factory=dict, description="Gain of each channel in it; absent = 0 dB.")
    limiter_dbfs: float = Field(default=-3.0, ge=-30, le=0, description="It never gets louder than this peak.")
    talkback: bool = Field(default=True, description="T speaks into it.")

    @model_validator(mode="after")
    def _a_loopback_is_of_what_others_make(self) -> Self:
        if self.loopback and self.made_by == "cuedrop":
            raise ValueError('loopback is for what others make: write made_by = "elsewhere", or leave loopback out')
        return self


class Meters(Part):
    """How meters move, and what the programme is to measure."""

    ballistics: Literal["digital", "ppm1", "ppm2", "vu", "obs"] = Field(
        default="digital", description="Digital peak, PPM type I or II, VU, or OBS's own."
    )
    target_lufs: float = Field(default=-16.0, ge=-40, le=-5, description="The programme's loudness: -14, -16, -23.")
    max_true_peak_dbtp: float = Field(default=-1.0, ge=-20, le=0, description="The programme's highest true peak.")
    amber_from_dbfs: float = Field(default=-20.0, ge=-59, le=-1, description="Digital peak: amber from here.")
    red_from_dbfs: float = Field(default=-9.0, ge=-58, le=0, description="Digital peak: red from here.")
    ppm2_marks: Literal["bbc", "ebu"] = Field(default="bbc", description="PPM type II: 1 to 7, or -12 to +12 dB.")
    vu_zero_dbfs: float = Field(default=-18.0, ge=-24, le=-9, description="VU: a steady tone of this level reads 0.")

    @model_validator(mode="after")
    def _amber_comes_before_red(self) -> Self:
        if self.amber_from_dbfs >= self.red_from_dbfs:
            raise ValueError("amber_from_dbfs must be below red_from_dbfs: a bar is green, then amber, then red")
        return self


class SoundAlarms(Part):
    """When something in the sound becomes an alarm. A hold time of 0 turns that alarm off."""

    silence_dbfs: float = Field(default=-60.0, ge=-100, le=-20, description="Below this RMS a channel is silent.")
    silence_s: float = Field(default=30.0, ge=0, le=3_600, description="Silent so long where sound is due.")
    clipping_s: float = Field(default=1.0, ge=0, le=60, description="Clipped again within so long.")
    hum_dbfs: float = Field(default=-55.0, ge=-100, le=-20, description="Mains hum (50 or 60 Hz) above this level.")
    hum_s: float = Field(default=10.0, ge=0, le=60, description="Hum for so long.")
    dc_dbfs: float = Field(default=-40.0, ge=-100, le=-6, description="A constant offset above this level.")
    dc_s: float = Field(default=10.0, ge=0, le=600, description="An offset for so long.")
    polarity_correlation: float = Field(
        default=-0.5, ge=-1, le=0, description="Left and right against each other: below this correlation."
    )
    polarity_s: float = Field(default=10.0, ge=0, le=600, description="Against each other for so long.")
    frozen_s: float = Field(default=3.0, ge=0, le=600, description="The very same samples for so long.")
    off_target_lu: float = Field(default=3.0, ge=0.5, le=20, description="So far from target_lufs, short-term.")
    off_target_s: float = Field(default=30.0, ge=0, le=3_600, description="Off target for so long.")
    talking_dbfs: float = Field(default=-40.0, ge=-100, le=-6, description="Above this RMS a muted channel talks.")
    talking_s: float = Field(default=2.0, ge=0, le=60, description="Talking while muted for so long.")
    leak_s: float = Field(
        default=1.0, ge=0, le=60, description="A listener hears themselves, or sends back what they hear, for so long."
    )
    return_silent_s: float = Field(default=1.0, ge=0, le=60, description="A listener hears nothing for so long.")


class Preset(Part):
    """A named mix, recalled as one: gains in the returns, and which channels are muted."""

    name: str = NAME
    gains_db: dict[str, dict[str, Db]] = Field(
        default_factory=dict, description="By return, then by channel; what is absent stays as it is."
    )
    muted: tuple[str, ...] = Field(default=(), max_length=32, description="Channels that it mutes; it opens the rest.")


class Interface(Part):
    """A sound device beside the main one. Its ports have numbers of their own, so that nothing shifts without it."""

    name: str = NAME
    device: str = Field(min_length=1, description='"host API: name", as of the main device.')
    inputs: int = Field(default=0, ge=0, le=32, description="How many of its inputs the show uses.")
    first_input: int | None = Field(default=None, ge=1, le=64, description="The show's number of its first input.")
    outputs: int = Field(default=0, ge=0, le=32, description="How many of its outputs the show uses.")
    first_output: int | None = Field(default=None, ge=1, le=64, description="The show's number of its first output.")
    sample_rate_hz: int | None = Field(default=None, ge=8_000, le=192_000, description="Its rate; absent: the show's.")
    block_frames: int | None = Field(default=None, ge=16, le=8_192, description="Its block; absent: the show's.")

    @model_validator(mode="after")
    def _its_ports_have_numbers(self) -> Self:
        for way, ports, first in (
            ("input", self.inputs, self.first_input),
            ("output", self.outputs, self.first_output),
        ):
            if ports and first is None:
                raise ValueError(
                    f"{way}s = {ports} needs first_{way}: the show's number of its first {way}, above the main device's"
                )
            if ports and first is not None and first + ports - 1 > MOST_PORTS:
                raise ValueError(
                    f"its {way}s end at number {first + ports - 1}, above {MOST_PORTS}: begin lower, or use fewer"
                )
        if not self.inputs and not self.outputs:
            raise ValueError("it has no ports: say how many inputs or outputs the show uses")
        return self


class Audio(Part):
    """The sound of the show."""

    device: str | None = Field(default=None, description='"host API: name"; absent = system default; or "practice".')
    sample_rate_hz: int = Field(default=48_000, ge=8_000, le=192_000)
    block_frames: int = Field(default=256, ge=16, le=8_192)
    channels: tuple[Channel, ...] = Field(default=(), max_length=32)
    returns: tuple[Return, ...] = Field(default=(), max_length=32)
    talkback: str | None = Field(default=None, description="The channel that T speaks from into the returns.")
    monitor: tuple[Port, ...] = Field(
        default=(), max_length=2, description="The director's outputs: solo is heard there."
    )
    programme: tuple[Port, ...] = Field(
        default=(), max_length=2, description="Device inputs that carry the programme; absent: a mix of all channels."
    )
    meters: Meters = Field(default_factory=Meters)
    alarms: SoundAlarms = Field(default_factory=SoundAlarms)
    presets: tuple[Preset, ...] = Field(default=(), max_length=32)
    record_as: Literal["flac", "wav"] = Field(default="flac", description="The safety recording's files, 24 bit.")
    interfaces: tuple[Interface, ...] = Field(
        default=(), max_length=4, description="Devices beside the main one, each with a clock of its own."
    )

    @field_validator("interfaces")
    @classmethod
    def _each_port_is_of_one_interface(cls, interfaces: tuple[Interface, ...]) -> tuple[Interface, ...]:
        for way in ("input", "output"):
            taken: dict[int, str] = {}
            for interface in interfaces:
                first, ports = getattr(interface, f"first_{way}") or 1, getattr(interface, f"{way}s")
                for number in range(first, first + ports):
                    if number in taken:
                        raise ValueError(
                            f'{way} {number} is of "{taken[number]}" and "{interface.name}": begin one of them higher'
                        )
                    taken[number] = interface.name
        return interfaces
