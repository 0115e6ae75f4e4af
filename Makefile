# Only Go and make are needed for run, test, check, bench, build and fuzz.

# What make build-NotifyFunction and make build-ReportFunction build for: arm64 or x86_64, as Lambda calls them. sam
# build says so through build/*/Makefile.
ARCHITECTURE ?= arm64
# The stack that make deploy and make redrive work on. ENV and REGION have no default: neither the profile's Region nor
# one that was used before is taken silently.
STACK ?= guardduty-coverage-notifier
ENV ?=
REGION ?=
# The Regions of make publish and make selftest (by default REGION) and of make deploy-forwarders, which forwards from
# them, and the roots or organizational units whose accounts are members.
REGIONS ?=
ORGANIZATION ?=
# With ORGANIZATION: the notifier's account unless it is the caller's, and SELF or DELEGATED_ADMIN.
HOME_ACCOUNT ?=
CALL_AS ?= SELF
# What the programs say their version is. make release and make publish take it from the command line alone.
VERSION ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo devel)
# The address of the repository, for a link to the form that reports unknown issues; empty: no link.
REPOSITORY ?=
RELEASE = $(if $(filter command,$(word 1,$(origin VERSION))),$(VERSION))
# The histories that make simulation generates.
SEED ?= 20261124
# How long make fuzz spends on each target.
FUZZTIME ?= 10s

# The samples that make run shows.
INCIDENT := cmd/coverage/testdata/incident
DIAGNOSED := cmd/coverage/testdata/diagnosed/ec2-terminated.evidence.json

SAM := .venv/bin/sam
PYTHON ?= .venv/bin/python
BUILT := .aws-sam/build/template.yaml
export SAM_CLI_TELEMETRY = 0

.DEFAULT_GOAL := help
.PHONY: help run run-all test check bench build template figures pictures pages integration sam-local fuzz simulation soak
.PHONY: mutation load release reproducible publish deploy deploy-forwarders remove-forwarders
.PHONY: deploy-dashboard selftest redrive clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' Makefile

run: ## show a loss, its recovery and a diagnosed loss, as recipients see them
	@echo "Building bin/coverage. The first build compiles the AWS SDK, which takes a few minutes; later ones take seconds."
	@go build -ldflags='$(LINK)' -o bin/coverage ./cmd/coverage
	@echo "An EKS cluster loses coverage, and gets it back:"
	@echo
	@bin/coverage replay $(INCIDENT)/1-lost.json $(INCIDENT)/3-back.json
	@echo
	@echo "An EC2 instance loses coverage, and the diagnosis says why:"
	@echo
	@bin/coverage replay --evidence $(DIAGNOSED) events/ec2-agent-disconnected.json
	@echo
	@echo "make run-all shows every sample event, bin/coverage --help what else there is."

run-all: ## show every sample event
	go build -ldflags='$(LINK)' -o bin/coverage ./cmd/coverage
	@bin/coverage replay events/*.json || test $$? -eq 3 # some samples are not in the catalog, on purpose

test: ## vet and test everything that needs no network, with the race detector where a C compiler is at hand
	go vet ./...
	go test $$(test "$$(go env CGO_ENABLED)" = 1 && echo -race) ./...

check: ## formatting, vet, go fix, staticcheck, go.mod
	@unformatted=$$(gofmt -l $$(find . -name '*.go' -not -path './.*')) && \
		test -z "$$unformatted" || { echo "gofmt -w" $$unformatted; exit 1; }
	go vet ./...
	go fix -diff ./...
	go tool staticcheck ./...
	go mod tidy -diff

bench: ## start, time, memory and size side by side with the first version, then the report's
	go test -run '^$$' -bench . -benchmem ./...
	go run ./bench
	go run ./bench/report

# Six simulations of 2,000 histories each.
SIMULATE = go test -count=1 -timeout 60m -run '^TestSimulation(With.*|OfGroups)?$$' ./pkg/notify -rapid.checks=2000 -rapid.seed=

simulation: ## 12,000 generated histories of a whole account through the pipeline; SEED=n for others
	@echo "seed $(SEED)"
	$(SIMULATE)$(SEED)

soak: ## the simulation with one fresh seed after the other, until it fails or is stopped
	@while seed=$$(od -An -N4 -tu4 /dev/urandom | tr -d ' '); do echo "seed $$seed"; $(SIMULATE)$$seed || exit 1; done

mutation: ## build defects into the pipeline, one by one, and require that the simulation notices each (many minutes)
	go test -count=1 -timeout 3h -parallel 2 -run '^TestMutations$$' ./pkg/notify -mutate

load: ## 10,000 losses, then recoveries, in a minute each against a Slack that takes one message a second (6 minutes)
	go run ./bench/load

# Where the sample messages are.
SAMPLES := cmd/coverage/testdata

figures: ## measure how much of the sample messages a reader has to read
	go run ./tools/figures $(SAMPLES)

pictures: chromium ## draw sample messages as Slack shows them into docs/images (needs npm; installs Chromium as root on Debian)
	node tools/pictures/draw.mjs $(SAMPLES) docs/images

pages: chromium ## open the report's sample pages in Chromium, sort and print them (needs what make pictures needs)
	go build -ldflags='$(LINK)' -o bin/coverage ./cmd/coverage
	node tools/pictures/pages.mjs bin/coverage $(SAMPLES)

.PHONY: chromium
chromium:
	@command -v chromium >/dev/null || { apt-get update -qq && apt-get install -y -qq --no-install-recommends \
		chromium fonts-lato fonts-noto-cjk fonts-noto-color-emoji; }
	npm ci --prefix tools/pictures --silent

build: ## build the functions for both processors into dist/
	$(MAKE) build-NotifyFunction ARCHITECTURE=arm64 ARTIFACTS_DIR=dist/arm64
	$(MAKE) build-NotifyFunction ARCHITECTURE=x86_64 ARTIFACTS_DIR=dist/x86_64
	$(MAKE) build-ReportFunction ARCHITECTURE=arm64 ARTIFACTS_DIR=dist/report/arm64
	$(MAKE) build-ReportFunction ARCHITECTURE=x86_64 ARTIFACTS_DIR=dist/report/x86_64
	$(MAKE) build-DiagnoseFunction ARCHITECTURE=arm64 ARTIFACTS_DIR=dist/diagnose/arm64
	$(MAKE) build-DiagnoseFunction ARCHITECTURE=x86_64 ARTIFACTS_DIR=dist/diagnose/x86_64

template: .venv/installed ## validate the template, lint it for every Region, build it for both processors
	$(SAM) validate --region us-east-1
	.venv/bin/cfn-lint --regions ALL_REGIONS -- template.yaml forwarder.yaml member-role.yaml dashboard.yaml
	.venv/bin/python scripts/policy.py docs/deploy-policy.json | .venv/bin/cfn-lint --regions us-east-1
	$(SAM) build --parameter-overrides Architecture=x86_64
	.venv/bin/python scripts/artifact.py .aws-sam/build/NotifyFunction x86_64
	.venv/bin/python scripts/artifact.py .aws-sam/build/ReportFunction x86_64
	.venv/bin/python scripts/artifact.py .aws-sam/build/DiagnoseFunction x86_64
	.venv/bin/python scripts/architecture.py $(BUILT) x86_64
	$(SAM) build --parameter-overrides Architecture=arm64
	.venv/bin/python scripts/artifact.py .aws-sam/build/NotifyFunction arm64
	.venv/bin/python scripts/artifact.py .aws-sam/build/ReportFunction arm64
	.venv/bin/python scripts/artifact.py .aws-sam/build/DiagnoseFunction arm64
	.venv/bin/python scripts/architecture.py $(BUILT) arm64

integration: .venv/installed ## test against moto's AWS, the messages with a Block Kit model, and every command
	scripts/integration

sam-local: .venv/installed ## sam local invoke with sample events of every kind, and read what a fake Slack was told (needs Docker)
	go run ./scripts/samlocal

fuzz: ## fuzz each target for FUZZTIME
	scripts/fuzz $(FUZZTIME)

release: ## build the release VERSION=1.2.3 into dist/release
	go run ./scripts/release -version '$(RELEASE)' -repository '$(REPOSITORY)' -python $(PYTHON)

reproducible: .venv/installed ## build one release from two clones in different folders, and compare them
	scripts/reproducible

publish: .venv/installed ## upload dist/release to your buckets BUCKET_PREFIX-REGION, for each of REGIONS; DRY_RUN=1 only says so
	$(PYTHON) scripts/publish.py '$(BUCKET_PREFIX)' '$(or $(REGIONS),$(REGION))' $(if $(DRY_RUN),--dry-run)

# The processor is the setting Architecture: what is built is what is deployed.
deploy: environment region .venv/installed ## build and deploy to REGION with the settings of environments/ENV.env
	go run ./scripts/deploy -environment '$(ENV)' -region '$(REGION)' -stack '$(STACK)' -version '$(VERSION)'

FORWARDERS = STACK='$(STACK)' REGION='$(REGION)' REGIONS='$(REGIONS)' ORGANIZATION='$(ORGANIZATION)' \
	HOME_ACCOUNT='$(HOME_ACCOUNT)' CALL_AS='$(CALL_AS)' scripts/forwarders

deploy-forwarders: region regions ## forward events of REGIONS (with ORGANIZATION: of its members) to the notifier in REGION
	$(FORWARDERS) deploy

remove-forwarders: region regions ## remove what deploy-forwarders deployed in REGIONS
	$(FORWARDERS) remove

deploy-dashboard: region ## deploy a CloudWatch dashboard of STACK in REGION
	STACK='$(STACK)' REGION='$(REGION)' scripts/dashboard

selftest: region ## send a self-test through the rules of REGIONS (by default of REGION) to STACK in REGION, and say whom it reached
	STACK='$(STACK)' REGION='$(REGION)' REGIONS='$(REGIONS)' scripts/selftest

redrive: region ## bring back what is in the dead-letter queue of STACK in REGION
	@queue() { aws cloudformation describe-stacks --region $(REGION) --stack-name $(STACK) --output text \
		--query "Stacks[0].Outputs[?OutputKey=='$$1'].OutputValue"; }; \
	dead=$$(queue DeadLetterQueueArn) && waiting=$$(queue WaitingQueueArn) && \
	aws sqs start-message-move-task --region $(REGION) --source-arn "$$dead" --destination-arn "$$waiting"

.PHONY: environment region regions
environment:
	@test -n '$(ENV)' || { echo 'with which settings? For example: make $(MAKECMDGOALS) ENV=prod REGION=eu-central-1' >&2; exit 2; }
	@test -z '$(filter command,$(word 1,$(origin ARCHITECTURE)))' || \
		{ echo 'set Architecture in environments/$(ENV).env instead: one value for build and deployment' >&2; exit 2; }

regions:
	@test -n '$(REGIONS)' || { echo 'from which Regions? For example: REGIONS="us-east-1 eu-west-1"' >&2; exit 2; }

region:
	@test -n '$(REGION)' || { echo 'in which Region? For example: make $(MAKECMDGOALS)$(if $(ENV), ENV=$(ENV)) REGION=eu-central-1' >&2; exit 2; }

clean: ## remove what was built and installed
	rm -rf .aws-sam .venv bin dist

# sam build calls these, by the function's name in the template.
build-NotifyFunction:
	$(COMPILE) -o $(ARTIFACTS_DIR)/bootstrap ./functions/notify

build-ReportFunction:
	$(COMPILE) -o $(ARTIFACTS_DIR)/bootstrap ./functions/report

build-DiagnoseFunction:
	$(COMPILE) -o $(ARTIFACTS_DIR)/bootstrap ./functions/diagnose

goarch.arm64 := arm64
goarch.x86_64 := amd64
COMPILE = CGO_ENABLED=0 GOOS=linux GOARCH=$(goarch.$(ARCHITECTURE)) \
	go build -trimpath -buildvcs=false -tags lambda.norpc -ldflags='-s -w $(LINK)'
LINK = -X guardduty-coverage-notifier/internal/version.linked=$(VERSION) -X guardduty-coverage-notifier/internal/version.repository=$(REPOSITORY)

.venv/installed: tools/requirements.txt
	python3 -m venv .venv
	.venv/bin/pip install --quiet --requirement tools/requirements.txt
	touch $@
