"""How good the product is on open and made data, beside its peers and what must be reached.

Every set goes through the product as its user runs it: a settings file, `stammkunde train` and
`stammkunde score` as of the day after the cut. It is given only what had happened before that day;
what followed is the truth that all are measured by.

    cdnow    CDNOW, cut 1997-09-30, the 273 days after it
    made     made customers, cut 2024-06-30, 182 days; with e-mails and tickets
    journey  Complete Journey, cut 2017-09-30: value of 90 days, churn of 28
    warning  made customers, 40 Mondays: who has left, at equal numbers of alerts
    telco    IBM Telco, five folds, no time
    small    samples of 100 and of 200 customers and more

Each set prints its rows as soon as they are measured; all figures are kept in `quality.json` of the
work folder. Peers are asked once: delete `peers/` of the work folder to ask again. A peer without
environment is left out, and the figure known of the best one stands in its place.
"""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path

from benchmarks.quality.made import USUAL_SEED
from benchmarks.quality.places import Places
from benchmarks.quality.table import HEADER, keep, lines

_DEFAULT_WORK = Path(__file__).parents[1] / "work" / "quality"
# Each is a module whose `parts` measures; it is loaded when its turn comes.
_SETS = ("cdnow", "made", "journey", "warning", "telco", "small")


def main() -> None:
    """Measure the sets in turn."""
    arguments = _arguments()
    places = Places(
        bench=arguments.bench.resolve(),
        public=arguments.public.resolve(),
        peers=arguments.peers and arguments.peers.resolve(),
        work=arguments.work.resolve(),
        customers=arguments.customers,
        seed=arguments.seed,
    )
    places.work.mkdir(parents=True, exist_ok=True)
    print(HEADER, flush=True)
    for name in arguments.only:
        for part in import_module(f"benchmarks.quality.{name}").parts(places):
            keep(part, places.work / "quality.json")
            print("\n".join(lines(part)), flush=True)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.quality", description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    parser.add_argument("--bench", type=Path, required=True, help="folder of clv_quality.py ...")
    parser.add_argument("--public", type=Path, required=True, help="folder of the open data sets")
    parser.add_argument("--peers", type=Path, help="folder of the peers' environments")
    parser.add_argument("--work", type=Path, default=_DEFAULT_WORK, help="where all is written")
    parser.add_argument(
        "--only", type=_sets, default=list(_SETS), metavar="SET,...", help=", ".join(_SETS)
    )
    parser.add_argument("--customers", type=int, default=100_000, help="of the made data")
    parser.add_argument("--seed", type=int, default=USUAL_SEED, help="of the made data")
    return parser.parse_args()


def _sets(text: str) -> list[str]:
    names = text.split(",")
    if unknown := [name for name in names if name not in _SETS]:
        raise argparse.ArgumentTypeError(f"{', '.join(unknown)}; there are {', '.join(_SETS)}")
    return names


if __name__ == "__main__":
    main()
