"""Charts in Vega-Lite: one declaration is a picture and, with others, a page that shows values."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterable, Mapping
from functools import cache

import altair as alt
import vl_convert
from jinja2 import Environment, PackageLoader, StrictUndefined

MODEL, RULE, PEER, TRUTH, QUIET = "#1f5f8b", "#e08e36", "#7a3d8c", "#3f8f5f", "#9aa5ad"
WIDTH, HEIGHT = 460, 320

# A figure of a curve needs no more digits than the eye sees.
_DIGITS = 5
# The data that a chart shows, as dictionaries.
Points = Iterable[Mapping[str, object]]


def chart_of(points: Points) -> alt.Chart:
    """Return a chart that shows nothing yet, of these points."""
    return alt.Chart(alt.InlineData(values=[_rounded(point) for point in points]))


def whole(*layers: alt.Chart, title: str) -> alt.LayerChart:
    """Return the layers as one chart of the usual size and looks."""
    chart: alt.LayerChart = (
        alt.layer(*layers)
        .properties(width=WIDTH, height=HEIGHT, title=title)
        .configure_view(stroke=None)
        .configure_axis(gridColor="#e6e9ed", domainColor=QUIET, tickColor=QUIET)
        .configure_legend(title=None, orient="bottom", columns=3, labelLimit=300)
        .configure_title(anchor="start")
    )
    return chart


def by_approach(colours: Mapping[str, str]) -> alt.Color:
    """Return the encoding that gives each approach its colour, in this order."""
    scale = alt.Scale(domain=list(colours), range=list(colours.values()))
    return alt.Color("approach:N", scale=scale, sort=list(colours))


def x_percent(name: str, title: str, *, up_to: float = 100) -> alt.X:
    """Return a horizontal axis in percent."""
    return alt.X(f"{name}:Q", title=f"{title} [%]", scale=alt.Scale(domain=[0, up_to]))


def y_percent(name: str, title: str, *, up_to: float = 100) -> alt.Y:
    """Return a vertical axis in percent."""
    return alt.Y(f"{name}:Q", title=f"{title} [%]", scale=alt.Scale(domain=[0, up_to]))


def svg(chart: alt.LayerChart) -> str:
    """Return the chart as a picture."""
    return vl_convert.vegalite_to_svg(chart.to_dict(), vl_version=_version())


def page(charts: Mapping[str, alt.LayerChart], *, title: str) -> str:
    """Return one page with all charts, which needs no network: its scripts are in it."""
    environment = Environment(
        loader=PackageLoader("training"), autoescape=True, undefined=StrictUndefined
    )
    specs = json.dumps({name: chart.to_dict() for name, chart in charts.items()})
    return environment.get_template("charts.j2").render(
        title=title, names=list(charts), specs=_packed(specs), scripts=_scripts()
    )


@cache
def _scripts() -> str:
    """Return Vega, Vega-Lite and Vega-Embed, packed."""
    snippet = "window.vegaEmbed = vegaEmbed;"
    return _packed(vl_convert.javascript_bundle(snippet, vl_version=_version()))


def _packed(text: str) -> str:
    """Return the text compressed, in base64: less than half of its size, and no markup."""
    return base64.b64encode(gzip.compress(text.encode(), mtime=0)).decode()


def _version() -> str:
    """Return the Vega-Lite that Altair writes, as in `6.4`."""
    return ".".join(alt.SCHEMA_VERSION.removeprefix("v").split(".")[:2])


def _rounded(point: Mapping[str, object]) -> dict[str, object]:
    return {
        name: float(f"{value:.{_DIGITS}g}") if isinstance(value, float) else value
        for name, value in point.items()
    }
