#!/usr/bin/env bash
# Kills training N times (default 200) at random moments with SIGKILL, resumes it each time, and
# compares the weights with those of a run that was not interrupted:  src/test/kill-train.sh [N [SEED]]
set -euo pipefail
cd "$(dirname "$0")/../.."
mvn -q -B -ntp test-compile
classpath=$(mktemp)
trap 'rm -f "$classpath"' EXIT
mvn -q -B -ntp dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile="$classpath"
java -cp "target/test-classes:target/classes:$(cat "$classpath")" org.jacana.cli.KilledRuns "${@:-200}"
