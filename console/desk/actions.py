"""Every action, declared once: menu, key, button, palette and control API all read it from here.

An action is an async function `(desk, **arguments) -> Outcome`. Its arguments' types become its JSON Schema.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from console.core.errors import UserError
from console.core.outcome import Outcome
from console.desk.argument_words import words_of
from console.desk.roles import Role

Doer = Callable[..., Awaitable[Outcome]]


class _Absent:
    """The type of ABSENT."""

    def __repr__(self) -> str:
        return "absent"


ABSENT: Final[Any] = _Absent()  # the default of an argument where leaving it out is not the same as null


@dataclass(frozen=True, slots=True)
class Enabled:
    """Whether an action can run now; when not: why, and what to do first."""

    is_enabled: bool = True
    why: str = ""

    @classmethod
    def when(cls, condition: bool, *, else_: str) -> "Enabled":
        """Enabled if `condition`, else the words for the director."""
        return cls(True) if condition else cls(False, else_)


ALWAYS = Enabled()


@dataclass(frozen=True, slots=True)
class Action:
    """One thing that can be done. `keys` as in the key table ("F", "Shift+Esc"); `hold_s` > 0: press and hold.

    The window and the control API have every action; `surfaces` are the roles whose own page has it, too.
    """

    id: str
    title: str
    help: str
    do: Doer
    arguments: type[BaseModel]
    enabled: Callable[[Any], Enabled]
    keys: tuple[str, ...] = ()
    hold_s: float = 0.0
    release: str = ""  # the action that runs when a held key or button is let go (talkback)
    surfaces: frozenset[Role] = frozenset()

    def parse(self, arguments: dict[str, object]) -> dict[str, Any]:
        """The arguments as typed values. Raises UserError that names every wrong one."""
        try:
            model = self.arguments.model_validate(arguments)
        except ValidationError as error:
            what, fix = words_of(error, self.schema())
            raise UserError(what, fix=fix) from error
        return {name: getattr(model, name) for name in type(model).model_fields}

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the arguments."""
        return self.arguments.model_json_schema()


@dataclass(slots=True)
class Actions:
    """The register of all actions."""

    _by_id: dict[str, Action] = field(default_factory=dict)

    @classmethod
    def of(cls, *parts: "Actions") -> "Actions":
        """All of `parts` in one register. Raises ValueError when an id is taken twice."""
        all_of_them = cls()
        for action in (action for part in parts for action in part):
            if action.id in all_of_them._by_id:
                raise ValueError(f"action {action.id} is declared twice")
            all_of_them._by_id[action.id] = action
        return all_of_them

    def add(
        self,
        id: str,
        *,
        title: str,
        keys: str | tuple[str, ...] = (),
        enabled: Callable[[Any], Enabled] = lambda desk: ALWAYS,
        hold_s: float = 0.0,
        release: str = "",
        surfaces: Iterable[Role] = (),
    ) -> Callable[[Doer], Doer]:
        """Declare the decorated function as action `id`. Raises ValueError when the id is taken."""

        def declare(do: Doer) -> Doer:
            if id in self._by_id:
                raise ValueError(f"action {id} is declared twice")
            help = inspect.getdoc(do) or ""
            every_key = (keys,) if isinstance(keys, str) else keys
            self._by_id[id] = Action(
                id, title, help, do, _arguments(id, do), enabled, every_key, hold_s, release, frozenset(surfaces)
            )
            return do

        return declare

    def get(self, id: str) -> Action | None:
        """The action of that id, if it is declared."""
        return self._by_id.get(id)

    def of_role(self, role: Role) -> tuple[Action, ...]:
        """All that this role may do."""
        return tuple(action for action in self if role in action.surfaces)

    def __iter__(self) -> Iterator[Action]:
        """All actions, in the order of their declaration."""
        return iter(self._by_id.values())


def _arguments(id: str, do: Doer) -> type[BaseModel]:
    """A strict model of what `do` takes after the desk."""
    fields: dict[str, Any] = {}
    for name, parameter in list(inspect.signature(do, eval_str=True).parameters.items())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        if default is ABSENT:  # no JSON Schema can say it as a default
            default = Field(default_factory=_absent)
        fields[name] = (parameter.annotation, default)
    return create_model(id.replace(".", "_"), __config__=ConfigDict(extra="forbid"), **fields)


async def or_refused(asked: Awaitable[Outcome]) -> Outcome:
    """What `asked` comes to: refused for a name that leads nowhere or a file that can't be written, nothing changed."""
    try:
        return await asked
    except UserError as error:
        return Outcome.refused(error.what, error.fix)


def given(**fields: Any) -> dict[str, Any]:
    """What was not left out."""
    return {name: value for name, value in fields.items() if value is not ABSENT}


def _absent() -> Any:
    return ABSENT
