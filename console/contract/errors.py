"""The one error of the contract: what came over the border is not what was agreed."""

from collections.abc import Iterable


class ContractError(Exception):
    """A document is not what the contract says; `faults` names every fault that was found, in plain words."""

    def __init__(self, faults: Iterable[str]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(self.faults))


class SignatureError(ContractError):
    """A message was not signed with the key that we share, or its time is too far from ours."""
