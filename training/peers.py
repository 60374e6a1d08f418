"""The models that others would use, fitted to the order histories of the same customers."""

from __future__ import annotations

import numpy as np

from forecasting.beta_geometric import BetaGeometric
from forecasting.customers import Customers
from forecasting.gamma_gamma import GammaGamma
from forecasting.hybrid import Forecast, HybridModel
from forecasting.pareto import ParetoNbd
from forecasting.season import NO_SEASON
from training.judgement import BG_NBD


def fit_peers(model: HybridModel, seen: Customers) -> dict[str, Forecast]:
    """Return name -> forecast of customers by textbook models that know nothing beyond their date.

    As they are usually fitted: in calendar time, value from repeat purchases only (customers
    without any are worth the mean).
    """
    histories = seen.seen_in(NO_SEASON)
    weeks = NO_SEASON.weeks_ahead(seen.day, model.horizon_days)
    repeat_value = np.nan_to_num(seen.feature("monetary_value"))
    of_repeats = GammaGamma.fit(histories.x, repeat_value)
    value = of_repeats.expected_value(histories.x, repeat_value) * model.base.value_share
    peers: dict[str, BetaGeometric | ParetoNbd] = {
        BG_NBD: BetaGeometric.fit(histories, leaves_at_first=False),
        "MBG/NBD": BetaGeometric.fit(histories),
        "Pareto/NBD": ParetoNbd.fit(histories),
    }
    forecasts = {}
    for name, peer in peers.items():
        orders = peer.expected_orders(histories, weeks)
        forecasts[name] = Forecast(peer.p_no_order(histories, weeks), orders, orders * value)
    return forecasts
