#!/bin/sh
# Creates the namespace and registers the search attributes, on any Temporal that the CLI can reach through the usual
# TEMPORAL_* variables. Harmless when run again. The list is that of workflows/search-attributes.ts; a test compares.
set -eu

namespace=${TEMPORAL_NAMESPACE:-default}
retention=${SLUICE_RETENTION:-30d}

attempts=0
until temporal operator cluster health >/dev/null 2>&1; do
  attempts=$((attempts + 1))
  if [ "$attempts" -ge 60 ]; then
    echo "Temporal did not become healthy within two minutes" >&2
    exit 1
  fi
  sleep 2
done

if temporal operator namespace describe --namespace "$namespace" >/dev/null 2>&1; then
  echo "namespace $namespace exists"
else
  temporal operator namespace create --namespace "$namespace" --retention "$retention"
fi

register() {
  # A new namespace takes some seconds until every part of the server knows it.
  attempts=0
  until temporal operator search-attribute create --namespace "$namespace" --name "$1" --type "$2"; do
    attempts=$((attempts + 1))
    if [ "$attempts" -ge 30 ]; then
      echo "could not register the search attribute $1" >&2
      exit 1
    fi
    sleep 1
  done
}

register SluiceModel Keyword
register SluicePhase Keyword
register SluiceOutcome Keyword
register SluiceStartedBy Keyword
register SluiceTarget KeywordList
