# make run and make test need python3 (3.11 or newer), make, git and a package index; nothing else.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
export OMP_WAIT_POLICY := PASSIVE

.PHONY: run test quick check format docs bench bench-features bench-feedback bench-quality bench-run bench-train bench-write-back requirements clean

run: $(READY) ## the whole job on the Complete Journey example
	$(BIN)/python examples/complete_journey/export_crm.py
	$(BIN)/stammkunde run --config examples/complete_journey/stammkunde.toml

test: $(READY) ## every test
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder

quick: $(READY) ## the tests that take seconds
	$(BIN)/python -m pytest -m "not slow"

check: $(READY) ## lint, format, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(READY)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

$(READY): requirements.txt pyproject.toml
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Stammkunde needs Python 3.11 or newer; name one by: make PYTHON=python3.12")'
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "$$(grep '^uv==' requirements.txt)"
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python --requirement requirements.txt
	$(BIN)/uv pip install --quiet --no-deps --python $(BIN)/python --editable .
	touch $@

docs: $(READY) ## write the pages that are made from declarations
	$(BIN)/python -m flows.settings_page > docs/settings.md
	$(BIN)/python -m flows.features_page > docs/features.md

bench: $(READY) ## DATA=folder with orders/, email_events/ and customers/ as Parquet
	$(BIN)/python -m benchmarks.ingest "$(DATA)"
	$(BIN)/python -m benchmarks.from_postgres
	$(BIN)/python -m benchmarks.increment

bench-features: $(READY) ## DATA=the same folder; peers that are not installed are left out
	$(BIN)/python -m benchmarks.features "$(DATA)"
	$(BIN)/python -m benchmarks.catalogue "$(DATA)"

bench-train: $(READY) ## DATA=the same folder; training and scoring beside a bare fit
	$(BIN)/python -m benchmarks.train "$(DATA)"

bench-feedback: $(READY) ## what campaigns do to the model that chose whom they contact
	$(BIN)/python -m benchmarks.feedback

bench-run: $(READY) ## DATA=the same folder; the whole job beside the least that anybody could do
	$(BIN)/python -m benchmarks.whole_run "$(DATA)"

bench-write-back: $(READY) ## writing a publish to PostgreSQL beside a bare COPY of its scores
	$(BIN)/python -m benchmarks.write_back

bench-quality: $(READY) ## BENCH=folder of the judging scripts, PUBLIC=open data sets, PEERS=their environments
	$(BIN)/python -m benchmarks.quality --bench "$(BENCH)" --public "$(PUBLIC)" $(if $(PEERS),--peers "$(PEERS)") $(if $(ONLY),--only "$(ONLY)")

requirements: $(READY) ## renew the pins for all supported Pythons
	echo "uv" | $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --upgrade \
		--extra example --extra sentiment --extra spark --extra dev --no-header --no-annotate \
		--output-file requirements.txt pyproject.toml -

clean: ## what runs left behind; the environment stays
	rm -rf data outbox mlruns/artifacts mlruns/decisions mlruns/mlflow.db examples/complete_journey/crm
