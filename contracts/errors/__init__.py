"""Every error a person can meet, in one tree.

    StammkundeError
    |- UsageError              wrong use or settings: exit code 2
    |  |- SettingsError        the settings file cannot be used
    |  |- SourceMissing        a path of the settings matches no file
    |  |- DriverMissing        what reads addresses of a kind is not installed
    |  |- WordListsMissing     the word lists that score texts are not installed
    |  |- AmbiguousFormat      a file can be read in two ways, with different values
    |  |- ColumnMissing        a source lacks a mapped column
    |  |- ColumnTwice          a column that is read stands twice in a header
    |  |- SourceChanged        a source is read another way than its accepted batches were
    |  |- PresetUnfit          a preset that is none, or is for another table
    |  |- DatabaseRefused      a database is there, and what we ask for is not granted
    |  |- RelationMissing      a database has no such table or view
    |  |- CursorUnusable       the cursor of a source is missing, or neither number nor time
    |  |- QueryFailed          a database cannot answer the query of a source
    |  |- WriteBackRefused     a database does not take what is written back
    |  |- EngineMissing        what the engine of the settings needs is not installed
    |  |- AsOfOutsideData      the date lies before or long after the data
    |  |- FeaturesChanged      a model was fitted on features that are defined otherwise by now
    |  |- PromotionRefused     a version cannot be made champion as it was asked for
    |  `- ModelMissing         nothing has been trained yet, or it no longer fits
    |- IngestLocked            another ingest is under way: exit code 1
    |- DiskFull                there is no room for what is to be written: exit code 1
    |- DamagedStore            accepted batches are not what was written: exit code 1
    |- DamagedLedger           the ledger of promotions is not what was written: exit code 1
    |- AuditFailed             an audit found a leak: exit code 3
    `- GateStopped             a gate stopped the run: exit code 1
       |- EmptyTable           a source has no rows
       |- ColumnRetyped        a source column holds another kind of values than before
       |- UnreadableFile       a file is damaged, or not in the form the settings say
       |- ValidationFailed     an expectation with severity "stop" was not met
       |- NoChampion           no version of a model is good enough to score
       |- WarningTooWeak       early warning is worse than a simple rule
       `- NotEnoughData        too few customers, churners or days to learn from

    Transient                  the world, not the data: a retry can help
    |- FileChanged             a file changed or vanished while it was read
    |- DatabaseUnreachable     a database does not answer, or stopped answering
    `- WriteBackUnreachable    the same, while a publish was written back

A message names the thing, what was found and what to do; the facts are attributes too.
Nothing below StammkundeError goes away by trying again, so no flow retries it.
"""

from contracts.errors.databases import (
    CursorUnusable,
    DatabaseRefused,
    DatabaseUnreachable,
    QueryFailed,
    RelationMissing,
    WriteBackRefused,
    WriteBackUnreachable,
)
from contracts.errors.roots import (
    GateStopped,
    StammkundeError,
    Transient,
    UsageError,
)
from contracts.errors.runs import (
    AsOfOutsideData,
    AuditFailed,
    DamagedLedger,
    DamagedStore,
    DiskFull,
    EngineMissing,
    FeaturesChanged,
    IngestLocked,
    ModelMissing,
    NoChampion,
    NotEnoughData,
    PromotionRefused,
    SettingsError,
    ValidationFailed,
    WarningTooWeak,
)
from contracts.errors.sources import (
    AmbiguousFormat,
    ColumnMissing,
    ColumnRetyped,
    ColumnTwice,
    DriverMissing,
    EmptyTable,
    FileChanged,
    PresetUnfit,
    SourceChanged,
    SourceMissing,
    UnreadableFile,
    WordListsMissing,
)

__all__ = [
    "AmbiguousFormat",
    "AsOfOutsideData",
    "AuditFailed",
    "ColumnMissing",
    "ColumnRetyped",
    "ColumnTwice",
    "CursorUnusable",
    "DamagedLedger",
    "DamagedStore",
    "DatabaseRefused",
    "DatabaseUnreachable",
    "DiskFull",
    "DriverMissing",
    "EmptyTable",
    "EngineMissing",
    "FeaturesChanged",
    "FileChanged",
    "GateStopped",
    "IngestLocked",
    "ModelMissing",
    "NoChampion",
    "NotEnoughData",
    "PresetUnfit",
    "PromotionRefused",
    "QueryFailed",
    "RelationMissing",
    "SettingsError",
    "SourceChanged",
    "SourceMissing",
    "StammkundeError",
    "Transient",
    "UnreadableFile",
    "UsageError",
    "ValidationFailed",
    "WarningTooWeak",
    "WordListsMissing",
    "WriteBackRefused",
    "WriteBackUnreachable",
]
