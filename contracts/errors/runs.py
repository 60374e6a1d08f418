"""Errors about settings, the store, dates, gates and models."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from contracts.errors.roots import GateStopped, StammkundeError, UsageError

# Of many names a message says some.
_NAMED = 5


class SettingsError(UsageError):
    """The settings file cannot be used as it stands."""


class EngineMissing(UsageError):
    """The engine that the settings name cannot be started."""

    def __init__(self, fault: str, *, remedy: str) -> None:
        self.fault = fault
        super().__init__(
            f'{fault}, and `name` under [engine] is "spark". {remedy}; or leave `name` out: DuckDB '
            "computes the same."
        )


class AsOfOutsideData(UsageError):
    """The run's date lies where the data say nothing."""


class ModelMissing(UsageError):
    """No registered model can score what is asked for."""


class PromotionRefused(UsageError):
    """A version cannot be made champion as it was asked for."""


class FeaturesChanged(UsageError):
    """Features are defined otherwise than when a model was fitted on them."""

    def __init__(self, model: str, changed: Sequence[str], *, then: str, now: str) -> None:
        self.model, self.changed, self.then, self.now = model, tuple(changed), then, now
        more = f" and {len(changed) - _NAMED} more" if len(changed) > _NAMED else ""
        self.named = ", ".join(f"`{name}`" for name in changed[:_NAMED]) + more
        super().__init__(
            f"Model `{model}` was fitted on features {then}, and they are {now} by now: "
            f"{self.named} changed or gone. Train again, or go back to the version of Stammkunde "
            "that trained it."
        )


class IngestLocked(StammkundeError):
    """Another process is writing accepted batches."""

    def __init__(self, holder: str) -> None:
        self.holder = holder
        super().__init__(
            f"Another ingest of this project is under way ({holder}). Wait until it has ended; a "
            "killed one holds nothing."
        )


class DiskFull(StammkundeError):
    """There is no room for what is to be written. `free_bytes` are those of the disk of `path`."""

    def __init__(self, path: Path, *, free_bytes: int) -> None:
        self.path, self.free_bytes = path, free_bytes
        super().__init__(
            f"There is no room to write below {path}: {free_bytes / 1e6:,.1f} MB are free. What "
            "was accepted and published before stays as it is. Make room and run again; of the "
            "project's folders, data/tables may be deleted, since it is made again."
        )


class DamagedStore(StammkundeError):
    """What was accepted earlier is missing or was changed; nothing is built on it."""

    def __init__(self, path: Path, fault: str) -> None:
        self.path, self.fault = path, fault
        super().__init__(
            f"{path} is damaged: {fault}. Restore it from a backup of data/store. Without one, "
            "move data/store aside and ingest again: what only earlier deliveries held is lost."
        )


class DamagedLedger(StammkundeError):
    """An entry of the ledger of promotions is missing or was changed."""

    def __init__(self, path: Path) -> None:
        self.path = path
        super().__init__(
            f"{path} is not what was written, or an entry before it is missing: who was champion "
            "when cannot be trusted. Restore the folder from a backup. Without one, move it aside: "
            "models and champions stay, and the ledger begins anew."
        )


class NoChampion(GateStopped):
    """No version of a model is good enough to score, and none was before.

    `weak` says model -> the version of grade C, and why it is.
    """

    def __init__(self, weak: Mapping[str, tuple[str, str]]) -> None:
        self.weak = dict(weak)
        told = " ".join(
            f"Model `{model}/{version}` has grade C: {reason}."
            for model, (version, reason) in weak.items()
        )
        orders = ", ".join(
            f"`stammkunde models promote {model} {version} --approver NAME --force`"
            for model, (version, _) in weak.items()
        )
        super().__init__(
            f"{told} No earlier version is champion, so nothing is scored and the last publish "
            "stays. Deliver more history or more tables, or choose another horizon under "
            f"[business]. To score all the same: {orders}; then `stammkunde segment`."
        )


class ValidationFailed(GateStopped):
    """At least one expectation with severity "stop" was not met."""


class NotEnoughData(GateStopped):
    """There is too little to learn from; the message says what is needed and what is there."""


class AuditFailed(StammkundeError):
    """An audit found what it looks for; the message says what, and what to do."""

    exit_code: ClassVar[int] = 3


class WarningTooWeak(GateStopped):
    """Early warning clearly finds fewer of those who left than a simple rule does."""

    def __init__(self, model: str, rule: str) -> None:
        self.model, self.rule = model, rule
        super().__init__(
            f"Model `{model}` finds clearly fewer of those who left than the rule `{rule}`, so no "
            "alerts are published. Deliver interactions and tickets, or more history; or tell of "
            "customers by that rule."
        )
