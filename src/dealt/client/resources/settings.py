"""What a workspace is set up with: lists, tags, attributes, pipelines, rates and the rest."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal, Unpack

from ..asked import Asked, Body, Fields, Keyed, Where, at, get, segment, write, written
from ..describing import Resource, S, lists, reads, writes
from ..pages import Page, listing
from ..shapes import (
    Activity,
    Attribute,
    AttributeType,
    Company,
    List,
    LossReason,
    Pipeline,
    Rate,
    RatesAdded,
    Stage,
    Tag,
    User,
    Workspace,
)
from .stored import Changed


class Activities(Changed[S, Activity]):
    """``client.activities``: tasks."""

    name = "activities"


class Lists(Changed[S, List]):
    """``client.lists``: static groups of users."""

    name = "lists"

    @lists
    def users(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[User]]:
        """The users who are on it."""
        return listing(at("lists", which, "users"), where, fields)


class Tags(Changed[S, Tag]):
    """``client.tags``."""

    name = "tags"

    @lists
    def users(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[User]]:
        """The users with this tag."""
        return listing(at("tags", which, "users"), where, fields)

    @lists
    def companies(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[Company]]:
        """The companies with this tag."""
        return listing(at("tags", which, "companies"), where, fields)


class Attributes(Changed[S, Attribute]):
    """``client.attributes``: custom attributes."""

    name = "attributes"

    @reads
    def type_of(self, of: Literal["users", "companies"], name_std: str) -> Asked[AttributeType]:
        """The type of an attribute of users or companies, by its standard name. Raises NotFound."""
        return get(f"/attribute-type/{segment(name_std)}/{of}/")


class Pipelines(Changed[S, Pipeline]):
    """``client.pipelines``."""

    name = "pipelines"

    @lists
    def stages(self, /, which: int, *, fields: Fields = None, **where: Where) -> Asked[Page[Stage]]:
        """Its stages."""
        return listing(at("pipelines", which, "stages"), where, fields)

    @writes
    def add_stage(self, which: int, body: Body, **how: Unpack[Keyed]) -> Asked[Stage]:
        """Give it another stage."""
        return write("POST", at("pipelines", which, "stages"), body, how)


class Stages(Changed[S, Stage]):
    """``client.stages``, of all pipelines."""

    name = "stages"


class LossReasons(Changed[S, LossReason]):
    """``client.loss_reasons``."""

    name = "loss-reasons"


class ExchangeRates(Resource[S]):
    """``client.exchange_rates``: a rate is known by its currency and the day from which it holds."""

    @lists
    def list(self, /, *, fields: Fields = None, **where: Where) -> Asked[Page[Rate]]:
        """All rates, or with ``currency`` those of one."""
        return listing("/exchange-rates/", where, fields)

    @reads
    def get(self, currency: str, valid_from: date | str, *, fields: Fields = None) -> Asked[Rate]:
        """One rate. Raises NotFound."""
        return get(_rate(currency, valid_from), fields=fields)

    @writes
    def create(self, body: Body, **how: Unpack[Keyed]) -> Asked[Rate]:
        """Make a rate known: ``currency``, ``valid_from``, ``rate``."""
        return write("POST", "/exchange-rates/", body, how)

    @writes
    def create_many(self, rates: list[Body], **how: Unpack[Keyed]) -> Asked[RatesAdded]:  # type: ignore[valid-type]
        """Make several known, all of them or none."""
        return write("POST", "/exchange-rates/", {"rates": rates}, how)

    @writes
    def put(self, currency: str, valid_from: date | str, rate: Any, **how: Unpack[Keyed]) -> Asked[Rate]:
        """Make or change one rate."""
        return write("PUT", _rate(currency, valid_from), {"rate": rate}, how)

    @writes
    def delete(self, currency: str, valid_from: date | str, **how: Unpack[Keyed]) -> Asked[None]:
        """Delete one rate."""
        return write("DELETE", _rate(currency, valid_from), None, how)


class OneWorkspace(Resource[S]):
    """``client.workspace``: the one that the token belongs to."""

    @reads
    def get(self, *, fields: Fields = None) -> Asked[Workspace]:
        """Its name and settings."""
        return get("/workspace/", fields=fields)

    @writes
    def update(self, body: Body, **how: Unpack[Keyed]) -> Asked[Workspace]:
        """Change what the body names."""
        return write("PATCH", "/workspace/", body, how)


class OnlyListed(Resource[S]):
    """``client.emails``."""

    def __init__(self, sender: S, name: str) -> None:
        super().__init__(sender)
        self.name = name

    @lists
    def list(self, /, *, fields: Fields = None, **where: Where) -> Asked[Page[dict[str, Any]]]:
        """All of them."""
        return listing(f"/{self.name}/", where, fields)


def _rate(currency: str, valid_from: date | str) -> str:
    return f"/exchange-rates/{segment(currency)}/{segment(written(valid_from))}/"
