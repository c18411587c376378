# Two commands do everything: `make build` and `make test`. `make help` lists the rest.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
DEEP_STAMP := $(VENV)/.deep-installed
LANGUAGE_STAMP := $(VENV)/.language-installed
METRICS_STAMP := $(VENV)/.metrics-installed
PULL := build/pull/packages
PULL_STAMP := $(PULL)/.installed
SPARK := build/spark/environment
SPARK_STAMP := $(SPARK)/.installed

# dbt and the command line read these; a relative path is meant from this folder.
export DBT_PROFILES_DIR := $(CURDIR)
export DBT_PROJECT_DIR := $(CURDIR)

.DEFAULT_GOAL := help
.PHONY: help setup build nightly test shops lint app docs tour clients superset parity truth mature bars deep test-deep language test-language metrics test-metrics test-pull soak bench bench-peers bench-rooms bench-guard bench-daily bench-churn bench-land bench-segments bench-behavior bench-baskets bench-value bench-experiments bench-feedback bench-recommendations bench-app mutation real publish new-model diff explain sample clean

help: ## What each command does.
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-12s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: $(STAMP) ## Make the environment in .venv, exactly as requirements.lock says.

$(STAMP): pyproject.toml requirements.lock
	@$(PYTHON) -c 'import sys; ok = (3, 11) <= sys.version_info[:2] <= (3, 13); sys.exit(0 if ok else "Stayhouse needs Python 3.11 to 3.13, and $(PYTHON) is " + sys.version.split()[0] + ": name another, as in `make setup PYTHON=python3.12`.")'
	@[ ! -L $(VENV) ] || { echo "$(VENV) is a link to an environment that is not as requirements.lock says, and what it points to is left alone: take the link away (\`rm $(VENV)\`), then \`make setup\`." >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) cannot make a virtual environment: install its venv module (Debian: apt-get install python3-venv)." >&2; exit 1; }
	@echo "Installing the environment into $(VENV) (a minute or two) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $(STAMP)

build: setup ## Build the warehouse (the sample, or STAYHOUSE_LANDING), test, publish; MODEL=x: that alone.
	@$(BIN)/stayhouse build $(if $(MODEL),--model "$(MODEL)")

nightly: setup ## Build as every night: what was fitted last is applied, until train_every_days are over.
	@$(BIN)/stayhouse build --nightly

test: LANE = $(if $(ROOM),--room $(ROOM)) $(if $(CHANGED),--changed $(CHANGED))
test: setup lint ## Pass the checks of every day; ROOM=retention or CHANGED=main: all this can move.
	@$(BIN)/python -m pytest --numprocesses 2 --no-loadscope-reorder --durations=10 --durations-min=5 \
		$(or $(strip $(LANE)),--part everyday)

shops: setup ## Whole builds of other shops: planted with a known truth, foreign, erased, real.
	@$(BIN)/python -m pytest --numprocesses 2 --no-loadscope-reorder --part shops --durations=10 \
		--durations-min=5

# Python warns of semaphores that sqlfluff's workers leave, as if something had failed: not told.
lint: setup ## Style, imports and types: ruff, import-linter, mypy, sqlfluff; CHANGED=main: of the SQL what changed.
	@$(BIN)/ruff check .
	@$(BIN)/lint-imports --no-cache --no-logo
	@$(BIN)/ruff format --check .
	@sql="models analyses tests"; \
		if [ -n "$(CHANGED)" ]; then sql="$$($(BIN)/python -m tests.lanes $(CHANGED))" || exit; fi; \
		$(BIN)/mypy & types=$$!; \
		[ -z "$$sql" ] || PYTHONWARNINGS=ignore:resource_tracker $(BIN)/sqlfluff lint --processes 2 --disable-progress-bar $$sql; style=$$?; \
		wait $$types && exit $$style

app: setup ## Look at what was published, in a browser; PORT=8600: at that port.
	@$(BIN)/python -m app $(if $(PORT),--server.port $(PORT))

docs: setup ## Write the dictionary, docs/dictionary.md, and dbt's own pages as one file, build/dbt.html.
	@$(BIN)/dbt --quiet docs generate --static --target-path build/docs
	@$(BIN)/stayhouse dictionary --target-path build/docs
	@cp build/docs/static_index.html build/dbt.html
	@echo "wrote build/dbt.html: open it in a browser"

tour: setup ## Write docs/tour.md from the published sample, with pictures where there is a browser.
	@$(BIN)/python -m tests.tour

clients: setup ## Let clients of other makers read what is published (asks PyPI and npm).
	@$(BIN)/python -m pytest tests/clients/check_clients.py

superset: setup ## Run Superset's connection test on what is published (installs Superset: 0.9 GB).
	@$(BIN)/python -m pytest tests/clients/check_superset.py

parity: setup $(SPARK_STAMP) ## Run the SQL on Spark too, and compare (Java 17; PyPI; 0.6 GB); ROOMS="staging core": theirs.
	@PARITY_ROOMS="$(ROOMS)" $(BIN)/python -m pytest -s tests/spark/check_parity.py

# An environment of its own: Spark is large, and its adapter would be one more dbt plugin in .venv.
$(SPARK_STAMP): requirements.lock requirements-spark.lock
	@command -v java >/dev/null || { echo "Spark needs Java 17, and there is no java on the path: install it (Debian: apt-get install default-jre-headless)." >&2; exit 2; }
	@echo "Installing Spark into $(SPARK) (a minute or two) ..."
	@$(PYTHON) -m venv --clear $(SPARK)
	@$(SPARK)/bin/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --requirement requirements-spark.lock
	@touch $(SPARK_STAMP)

truth: SEEDS = 20
truth: setup ## Hold SEEDS planted shops against their truth (SEEDS=20, ROOMS="value"), and write docs/truth.md.
	@$(BIN)/python -m tests.truth --seeds $(SEEDS) $(if $(ROOMS),--rooms $(ROOMS))

mature: setup ## Churn of a shop in its fourth year against its truth: calibrated by decile.
	@$(BIN)/python -m pytest tests/truth/check_mature_shop.py

deep: $(DEEP_STAMP) ## Add PyTorch, for the networks of churn.

# By pip and by a range: which build of PyTorch there is depends on the machine's registry.
$(DEEP_STAMP): $(STAMP)
	@echo "Adding PyTorch to $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[deep]'
	@touch $(DEEP_STAMP)

test-deep: deep ## Pass the checks of the networks.
	@$(BIN)/python -m pytest tests/deep/check_networks.py

language: $(LANGUAGE_STAMP) ## Add vectors of sentences, for languages of which feedback has few texts.

$(LANGUAGE_STAMP): $(STAMP) pyproject.toml
	@echo "Adding vectors of sentences to $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --editable '.[language]'
	@touch $(LANGUAGE_STAMP)

test-language: language ## Pass the checks of vectors of sentences.
	@$(BIN)/python -m pytest -s tests/language/check_meanings.py

metrics: $(METRICS_STAMP) ## Add MetricFlow to .venv: mf query asks the metrics.

$(METRICS_STAMP): $(STAMP) requirements-metrics.lock
	@echo "Adding MetricFlow to $(VENV) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint requirements.lock --requirement requirements-metrics.lock
	@touch $(METRICS_STAMP)

test-metrics: metrics ## Every metric and saved query against SQL on the marts.
	@$(BIN)/python -m pytest --numprocesses 2 --dist load --show-capture=no tests/metrics/check_marts.py tests/metrics/check_by_hand.py

test-pull: setup $(PULL_STAMP) ## Pull tables of a real PostgreSQL (Debian: postgresql), with breaks of every kind.
	@PYTHONPATH=$(CURDIR)/$(PULL) $(BIN)/python -m pytest tests/pull/check_*.py

# Beside .venv and not in it: other checks run in .venv meanwhile, and dlt brings thirty packages.
$(PULL_STAMP): $(STAMP) requirements-pull.lock
	@rm -rf $(PULL)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --target $(PULL) --requirement requirements-pull.lock
	@touch $(PULL_STAMP)

bars: setup ## Churn and sentiment against what others reached on published data (STAYHOUSE_REAL_DATA).
	@$(BIN)/python -m pytest -s tests/real/check_churn_bars.py tests/real/check_reviews.py

soak: setup ## Nights, kills of builds, landings and publications, 2,000 reads: half an hour or so.
	@$(BIN)/python -m pytest -s tests/soak/check_publish.py tests/soak/check_nights.py tests/soak/check_kills.py

bench: setup ## What the default cuts of retention cost at a million customers, in CPU seconds.
	@$(BIN)/python -m tests.bench.retention

bench-peers bench-rooms: COPIES = 1
bench-peers: EVENTS = 1000000
bench-peers: setup ## A first load and a night beside other ways; EVENTS=10000000; writes docs/benchmarks.md.
	@$(BIN)/python -m tests.bench.first_load --events $(EVENTS) --copies $(COPIES)

bench-rooms: CUSTOMERS = 10000
bench-rooms: setup ## What each room costs, first and in a night; CUSTOMERS=100000; writes docs/benchmarks.md.
	@$(BIN)/python -m tests.bench.rooms --customers $(CUSTOMERS) --copies $(COPIES)

bench-guard: setup ## The SQL of a first load and of a night must not cost 25 % more than before, by a script of the same run.
	@$(BIN)/python -m tests.bench.guard

bench-daily: setup ## What a day costs after 1x, 10x and 100x history, in CPU seconds.
	@$(BIN)/python -m tests.bench.daily

bench-churn: setup ## What churn costs at 100,000 customers, in CPU seconds.
	@$(BIN)/python -m tests.bench.churn

bench-land: BASE = 2c53ec5
bench-land: setup ## What landing costs, against the landing of a commit: BASE=2c53ec5, before notations.
	@$(BIN)/python -m tests.bench.land --base "$(BASE)"

bench-segments: setup ## What the history of segments costs at a million buyers: CPU seconds, memory.
	@$(BIN)/python -m tests.bench.segments

bench-behavior: setup ## What paths, carts and searches cost for a million events: CPU seconds, memory.
	@$(BIN)/python -m tests.bench.behavior

bench-baskets: setup ## What rules cost for a million orders of 500 products: CPU seconds, memory.
	@$(BIN)/python -m tests.bench.baskets

bench-value: setup ## What expected value costs at a million customers: CPU seconds, memory.
	@$(BIN)/python -m tests.bench.value

bench-experiments: setup ## What a million exposures cost by nine metrics: CPU seconds, memory.
	@$(BIN)/python -m tests.bench.experiments

bench-feedback: setup ## What 100,000 texts cost by their words: CPU seconds, memory.
	@$(BIN)/python -m tests.bench.feedback

bench-recommendations: setup ## What lists cost for 100,000 people and 5,000 products: CPU seconds, memory.
	@$(BIN)/python -m tests.bench.recommendations

bench-app: setup ## What a page of the app costs at a million customers, in seconds.
	@$(BIN)/python -m tests.bench.app

mutation: setup ## Plant faults in what dbt parsed: each must be caught.
	@$(BIN)/python -m pytest tests/mutation/check_mutations.py

real: export STAYHOUSE_LANDING := warehouse/real_landing
real: export STAYHOUSE_DB := warehouse/real.duckdb
real: setup ## Land and build Online Retail II into warehouse/real.duckdb: make real DATA=<folder>.
	@test -d "$(DATA)" || { echo "make real needs DATA=<a folder with one or both Online Retail II files as Parquet or CSV>." >&2; exit 2; }
	@rm -rf $(STAYHOUSE_LANDING)
	@set -e; found=; for file in "$(DATA)"/*.parquet "$(DATA)"/*.csv; do \
		if [ -f "$$file" ]; then found=yes; $(BIN)/stayhouse land online_retail "$$file"; fi; \
	done; \
	if [ -z "$$found" ]; then echo "No .parquet or .csv file in $(DATA): put one or both Online Retail II files there." >&2; exit 2; fi
	@$(BIN)/stayhouse build --target-path target/real --no-publish
	@$(BIN)/stayhouse summary --db $(STAYHOUSE_DB)

publish: setup ## Publish the last build again.
	@$(BIN)/stayhouse publish

new-model: setup ## Write a mart that passes every check, to start from: ROOM=retention NAME=my_mart [FROM=orders BY=currency].
	@$(BIN)/stayhouse new-model --from "$(or $(FROM),customers)" --by "$(BY)" -- "$(ROOM)" "$(NAME)"

diff: setup ## Which marts' rows changed since a commit, and by how much: make diff BASE=main.
	@test -n "$(BASE)" || { echo "make diff needs a commit to compare with: make diff BASE=main." >&2; exit 2; }
	@git rev-parse --verify --quiet --end-of-options "$(BASE)^{commit}" >/dev/null || { echo "git knows no commit $(BASE): name one that git log --oneline shows, a branch or a tag." >&2; exit 2; }
	@rm -rf build/diff && mkdir -p build/diff
	@git archive "$(BASE)" | tar -x -C build/diff
	@echo "Building $(BASE) in build/diff (a minute or two) ..."
	@cd build/diff && PYTHONPATH=src DBT_PROFILES_DIR=. DBT_PROJECT_DIR=. STAYHOUSE_DB=$(CURDIR)/build/diff/base.duckdb \
		$(if $(STAYHOUSE_LANDING),STAYHOUSE_LANDING="$(abspath $(STAYHOUSE_LANDING))") \
		$(CURDIR)/$(BIN)/python -c 'from dbt.cli.main import cli; cli()' --quiet build --resource-type model --resource-type seed \
		|| { echo "$(BASE) does not build from what has landed here with this environment: name another commit." >&2; exit 2; }
	@$(BIN)/stayhouse diff --base-db build/diff/base.duckdb

explain: setup ## What failed in the last build, what it means, and what to do.
	@$(BIN)/stayhouse explain

sample: SAMPLE = --customers-per-year 1200 --days 500 --seed 1 --start 2024-01-01
sample: DEMO_KEY = $(shell $(BIN)/python -c 'from stayhouse.base.project import DEMO_PII_KEY; print(DEMO_PII_KEY)')
sample: setup ## Make seeds/sample anew from the planted shop.
	@rm -rf build/sample seeds/sample
	@$(BIN)/stayhouse shop $(SAMPLE) --out build/sample
	@STAYHOUSE_LANDING=seeds/sample STAYHOUSE_PII_KEY=$(DEMO_KEY) \
		$(BIN)/stayhouse land shop build/sample/raw --data-until 2025-05-15 --landed-at 2025-05-15T03:00:00
	@du -sh seeds/sample

clean: ## Remove what the build made, but not the environment and not what you landed.
	@rm -rf target logs published build warehouse/*.duckdb warehouse/*.wal warehouse/*.tmp warehouse/*.costs.json warehouse/real_landing
