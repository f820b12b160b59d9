{{- /*
The list: its entries, whether it is the sample, and the revision that names it.
*/}}

{{- /*
One entry's line: the agent's `--image` argument, and what the revision is counted over. `REF`, `{ref: REF}` and
`{ref: REF, required: true}` are the same line. Only platforms are brought into one order, each of them once: a reference is not
normalised, which a template cannot do, and the agent has to come to the same revision.
*/}}
{{- define "prefetcher.entryLine" -}}
{{- if kindIs "map" . -}}
{{- .ref }}{{ if include "prefetcher.isOptional" . }} required=false{{ end -}}
{{- with .platforms }} platforms={{ . | uniq | sortAlpha | join "," }}{{ end -}}
{{- else -}}
{{- . -}}
{{- end -}}
{{- end }}

{{- /* `true` for an entry that never counts for the label. */}}
{{- define "prefetcher.isOptional" -}}
{{- if kindIs "map" . }}{{ if eq (get . "required" | toString) "false" }}true{{ end }}{{ end -}}
{{- end }}

{{- /* The entries' lines as a JSON array, in the order written, each once. */}}
{{- define "prefetcher.entries" -}}
{{- $lines := list -}}
{{- range .Values.images -}}
{{- $lines = append $lines (include "prefetcher.entryLine" .) -}}
{{- end -}}
{{- $lines | uniq | toJson -}}
{{- end }}

{{- /*
`true` where the list is the one that values.yaml has, which shows that the chart works and is not meant to be kept. An entry with
options is another line, and no longer the sample. A template cannot see a value's default, so it stands here again; a test compares
the two.
*/}}
{{- define "prefetcher.isSample" -}}
{{- if eq (include "prefetcher.entries" .) (list "registry.k8s.io/pause:3.10" | toJson) -}}true{{- end -}}
{{- end }}

{{- /* `true` where the list is in a ConfigMap of the user's. */}}
{{- define "prefetcher.hasExistingList" -}}
{{- with .Values.existingList }}{{ if or .configMap .key .revision }}true{{ end }}{{ end -}}
{{- end }}

{{- /*
The revision: `1-` and 12 hex digits of SHA-256 over the policy's line and the entries' lines, joined by LF. `sortAlpha` sorts by
bytes, whatever the locale. The 1 stands for this way of counting. The agent counts again and refuses to work where it differs.
*/}}
{{- define "prefetcher.revision" -}}
{{- if include "prefetcher.hasExistingList" . -}}
{{- .Values.existingList.revision -}}
{{- else -}}
{{- $entries := include "prefetcher.entries" . | fromJsonArray | sortAlpha -}}
{{- $lines := prepend $entries (printf "policy=%s" .Values.pull.policy) -}}
{{- printf "1-%s" (join "\n" $lines | sha256sum | trunc 12) -}}
{{- end -}}
{{- end }}
