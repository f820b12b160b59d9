{{- /* The annotations of the agent's pods: the user's, and the one by which OpenShift admits them under the release's own constraints. */}}
{{- define "prefetcher.podAnnotations" -}}
{{- with include "prefetcher.texts" .Values.podAnnotations }}
{{- . }}
{{- end }}
{{- if .Values.openshift.enabled }}
openshift.io/required-scc: {{ include "prefetcher.policyName" . | quote }}
{{- end }}
{{- end }}
