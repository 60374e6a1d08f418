"""Plot of what a campaign earns by how many customers it contacts, needing no display."""

from __future__ import annotations

from collections.abc import Mapping

from matplotlib.axes import Axes

from training.profit import ProfitCurve

_MODEL, _QUIET = "#1f5f8b", "#9aa5ad"


def draw_profit(
    axes: Axes, model: ProfitCurve, rules: Mapping[str, ProfitCurve], *, currency: str, when: str
) -> None:
    """Draw profit per customer against the share contacted, with the model's best share marked."""
    for name, curve in rules.items():
        axes.plot(100 * curve.share, curve.profit, color=_QUIET, label=name)
    axes.plot(100 * model.share, model.profit, color=_MODEL, label="model", lw=2)
    share, profit = 100 * model.share[model.best], model.profit[model.best]
    axes.plot(share, profit, "o", color=_MODEL, label=f"best: {profit:,.2f} at {share:.0f} %")
    axes.axhline(0, color=_QUIET, ls=":", label="nobody contacted")
    axes.set(
        xlabel="customers contacted, highest score first [%]",
        ylabel=f"profit per customer [{currency}]", title=f"Profit of a campaign, {when}",
        xlim=(0, 100),
    )  # fmt: skip
    axes.legend(frameon=False)
