{{- /*
The arguments that every container that pulls has behind its command, one per line and always all of them, so that what runs can be
read off the pod and depends on no default of the agent's. Only what may be without a value is left out then: a limit or a former
owner that there is not.
*/}}
{{- define "prefetcher.args" -}}
- {{ include "prefetcher.argument" (printf "--instance=%s" (include "prefetcher.instance" .)) }}
- {{ include "prefetcher.argument" (printf "--owner=%s" (include "prefetcher.owner" .)) }}
{{- /* The one `$` that is meant for the kubelet. */}}
- --node-name=$(NODE_NAME)
- {{ include "prefetcher.argument" (printf "--cri-socket=%s" (include "prefetcher.criSocket" .)) }}
- {{ include "prefetcher.argument" (printf "--pull-policy=%s" .Values.pull.policy) }}
- {{ include "prefetcher.argument" (printf "--concurrency=%d" (int .Values.pull.concurrency)) }}
- {{ include "prefetcher.argument" (printf "--pull-timeout=%s" .Values.pull.timeout) }}
{{- with .Values.pull.attemptTimeout }}
- {{ include "prefetcher.argument" (printf "--attempt-timeout=%s" .) }}
{{- end }}
- {{ include "prefetcher.argument" (printf "--on-failure=%s" .Values.pull.onFailure) }}
- {{ include "prefetcher.argument" (printf "--retry-initial-delay=%s" .Values.pull.retry.initialDelay) }}
- {{ include "prefetcher.argument" (printf "--retry-max-delay=%s" .Values.pull.retry.maxDelay) }}
- {{ include "prefetcher.argument" (printf "--disk-min-free-percent=%d" (int .Values.disk.minFreePercent)) }}
- {{ include "prefetcher.argument" (printf "--stagger-window=%s" .Values.stagger.window) }}
- {{ include "prefetcher.argument" (printf "--label-timeout=%s" .Values.label.timeout) }}
{{- /* Where the image has it: no process of Node.js stays in memory while the agent waits. */}}
- --sleeper=/snooze
{{- include "prefetcher.credentialArgs" . }}
{{- with .Values.takeOver }}
- {{ include "prefetcher.argument" (printf "--take-over=%s" .) }}
{{- end }}
{{- if and (include "prefetcher.isSample" .) (not (include "prefetcher.hasExistingList" .)) }}
- --sample
{{- end }}
- {{ include "prefetcher.argument" (printf "--revision=%s" (include "prefetcher.revision" .)) }}
{{- if include "prefetcher.hasExistingList" . }}
- {{ include "prefetcher.argument" (printf "--image-list-file=%s/%s" (include "prefetcher.listDirectory" .) .Values.existingList.key) }}
{{- else }}
{{- range include "prefetcher.entries" . | fromJsonArray }}
- {{ include "prefetcher.argument" (printf "--image=%s" .) }}
{{- end }}
{{- end }}
{{- range .Values.extraArgs }}
- {{ include "prefetcher.argument" . }}
{{- end }}
{{- end }}

{{- /*
One argument, made from values: it reaches the agent as it stands here. The kubelet expands `$(NAME)` in arguments and writes `$`
for `$$`, so every `$` is doubled: an image named `$(HOME)` must be refused under this name, and not become another one.
*/}}
{{- define "prefetcher.argument" -}}
{{- . | toString | replace "$" "$$" | quote -}}
{{- end }}
