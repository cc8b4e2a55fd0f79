"""Templates: Jinja2, escaping everything, found by the name of their domain: ``pipelines/list.html``."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dealt.accounts import AREAS
from dealt.web import showing, valued

if TYPE_CHECKING:
    import jinja2

    from dealt.web.assets import Assets


class Templates:
    """``folders`` are the ``templates`` folders of packages: in each, the templates stand in a folder named as the
    package, so that no two meet. ``compiled`` is where they are kept as Python understands them, if anywhere: the first
    page after a start would compile a score of them, which takes half a second.
    """

    def __init__(self, assets: Assets, *folders: Path, compiled: Path | None = None) -> None:
        self._assets = assets
        self._folders = folders
        self._compiled = compiled

    def render(self, name: str, **values: Any) -> str:
        """The text of a page. A name that a template uses and nobody has set is an error."""
        import jinja2

        try:
            return self.environment.get_template(name).render(**values)
        except jinja2.TemplateNotFound as error:
            # Jinja2 calls this an OSError, which would be told as a database that is away.
            raise LookupError(f"There is no template {error}.") from error

    @cached_property
    def environment(self) -> jinja2.Environment:
        """Made at the first page: a process that answers the API alone need not load Jinja2."""
        import jinja2

        environment = jinja2.Environment(
            loader=jinja2.FileSystemLoader(self._folders),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
            auto_reload=False,
            bytecode_cache=self._kept(),
        )
        environment.globals |= self._globals()
        environment.filters |= {
            "whole": showing.whole,
            "size": showing.size,
            "many": showing.many,
            "browser": showing.browser,
            "picture": showing.picture,
            "amount": showing.amount,
            "duration": showing.duration,
            "plainly": showing.plainly,
            "day": showing.day,
            "moment": showing.moment,
            "pair": showing.pair,
            "typed_moment": showing.typed_moment,
            "several": valued.several,
            "as_json": valued.as_json,
            "typed_json": valued.typed_json,
            "held": valued.held,
            "leads": valued.leads,
        }
        return environment

    def _kept(self) -> jinja2.BytecodeCache | None:
        import jinja2

        if self._compiled is None:
            return None
        try:
            self._compiled.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError:
            return None
        return jinja2.FileSystemBytecodeCache(str(self._compiled))

    def _globals(self) -> Mapping[str, Any]:
        import jinja2

        return {
            "static": self._assets.url,
            "module": self._module,
            "assets": self._assets,
            "when": jinja2.pass_context(showing.when),
            "money": showing.money,
            "data": showing.data,
            "areas": AREAS,
        }

    def _module(self, name: str, **data: object) -> Any:
        """The script of a module, ``data`` as its data attributes, and before it what the module needs.

        So a browser asks for all at once, and does not find out what comes next from each file that it has read.
        """
        from markupsafe import Markup

        ahead = Markup("").join(
            Markup('<link rel="modulepreload" href="{}">').format(one) for one in self._assets.needed(name)
        )
        told = Markup("").join(Markup(' data-{}="{}"').format(key, value) for key, value in data.items())
        return ahead + Markup('<script type="module" src="{}"{}></script>').format(self._assets.url(name), told)
