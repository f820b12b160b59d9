{{- /*
What Prometheus and Grafana see of the release, by way of kube-state-metrics: the agent itself has no metrics.
*/}}

{{- /*
The node's label as kube-state-metrics calls it: what is no letter, digit or `_` becomes `_`, and upper case becomes lower case, with a `_`
before it where it follows a lower-case letter or a digit.
*/}}
{{- define "prefetcher.metricLabel" -}}
{{- $plain := regexReplaceAll "[^a-zA-Z0-9_]" (include "prefetcher.labelKey" .) "_" -}}
{{- printf "label_%s" (regexReplaceAll "([a-z0-9])([A-Z])" $plain "${1}_${2}" | lower) -}}
{{- end }}

{{- /* The Nodes that have a verdict, whoever chose them. */}}
{{- define "prefetcher.labelledNodes" -}}
{{- printf "kube_node_labels{%s=~\"succeeded|failed\"}" (include "prefetcher.metricLabel" .) -}}
{{- end }}

{{- /* The agent's pods that have a node: these nodes are chosen. */}}
{{- define "prefetcher.placedPods" -}}
{{- printf "kube_pod_info{namespace=%q,created_by_kind=\"DaemonSet\",created_by_name=%q,node!=\"\"}" .Release.Namespace (include "prefetcher.fullname" .) -}}
{{- end }}

{{- /* A metric of the release's DaemonSet (`name`), without what distinguishes one kube-state-metrics from another. */}}
{{- define "prefetcher.daemonSetMetric" -}}
{{- printf "max by (namespace, daemonset) (%s)" (include "prefetcher.daemonSetSeries" .) -}}
{{- end }}

{{- /* The same as each kube-state-metrics shows it. */}}
{{- define "prefetcher.daemonSetSeries" -}}
{{- printf "kube_daemonset_status_%s{namespace=%q,daemonset=%q}" .name .root.Release.Namespace (include "prefetcher.fullname" .root) -}}
{{- end }}

{{- /* The command that shows the release's nodes with their failures. */}}
{{- define "prefetcher.statusCommand" -}}
{{- printf "kubectl prefetcher status --namespace %s --release %s" .Release.Namespace .Release.Name -}}
{{- end }}

{{- /* The labels of an object that something finds by labels of the user's (`labels`): those and the chart's. */}}
{{- define "prefetcher.labelsAnd" -}}
{{- $labels := include "prefetcher.texts" .labels | fromYaml -}}
{{- toYaml (merge $labels (include "prefetcher.labels" .root | fromYaml)) -}}
{{- end }}

{{- /* Of each alert, a node's too: whose list it is about, and whom it is for. */}}
{{- define "prefetcher.alertLabels" -}}
{{- $labels := include "prefetcher.texts" .Values.metrics.rules.alertLabels | fromYaml -}}
labels:
  {{- toYaml (set $labels "prefetcher_instance" (include "prefetcher.instance" .)) | nindent 2 }}
{{- end }}

{{- define "prefetcher.validateMetrics" -}}
{{- with .Values.metrics.rules -}}
{{- if and .enabled (le (include "prefetcher.durationMs" .labelLostWithin | float64) (include "prefetcher.durationMs" .labelLostFor | float64)) -}}
{{- fail (printf "metrics.rules.labelLostWithin: %s is not more than labelLostFor (%s), so the alert about a lost label could never come. Raise labelLostWithin above labelLostFor; an alert that is not wanted is left out by disabledAlerts." .labelLostWithin .labelLostFor) -}}
{{- end -}}
{{- end -}}
{{- $own := include "prefetcher.labels" . | fromYaml -}}
{{- range $key := keys (default dict .Values.commonLabels) }}{{ $_ := unset $own $key }}{{ end -}}
{{- range $name := list "rules" "dashboard" -}}
{{- range $key := keys (default dict (get $.Values.metrics $name).labels) | sortAlpha -}}
{{- if hasKey $own $key -}}
{{- fail (printf "metrics.%s.labels: %s is a label that the chart sets itself. Leave it out." $name $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
