{{- /*
A container that pulls, as an item of a list. `arguments` are those that only this container has; the first of them is the agent's
command, and the container's name. It starts the image's own entrypoint, under which the agent can hand its process over to a sleeper.
*/}}
{{- define "prefetcher.container" -}}
name: {{ first .arguments | quote }}
image: {{ include "prefetcher.image" .root | quote }}
imagePullPolicy: {{ .root.Values.image.pullPolicy | quote }}
args:
  {{- range .arguments }}
  - {{ include "prefetcher.argument" . }}
  {{- end }}
  {{- include "prefetcher.args" .root | nindent 2 }}
env:
  - name: NODE_NAME
    valueFrom:
      fieldRef:
        fieldPath: spec.nodeName
  {{- with .root.Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- with .root.Values.resources }}
resources:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with include "prefetcher.securityContext" .root }}
securityContext:
  {{- . | nindent 2 }}
{{- end }}
terminationMessagePolicy: FallbackToLogsOnError
volumeMounts:
  {{- include "prefetcher.mounts" .root | nindent 2 }}
{{- end }}

{{- /* What a container that pulls has mounted. The volumes are in daemonset.yaml. */}}
{{- define "prefetcher.mounts" -}}
{{- /* Recursively where the node can: the runtime has the containers' root file systems mounted below its directory. */ -}}
- name: runtime
  mountPath: {{ dir (include "prefetcher.criSocket" .) | quote }}
  readOnly: true
  recursiveReadOnly: IfPossible
- {{ include "prefetcher.tokenMount" . | nindent 2 | trim }}
{{- if include "prefetcher.hasExistingList" . }}
{{- /* By its subPath, so that an edit of the ConfigMap does not reach a container that runs: what it has is the list of its revision. */}}
- name: images
  mountPath: {{ printf "%s/%s" (include "prefetcher.listDirectory" .) .Values.existingList.key | quote }}
  subPath: {{ .Values.existingList.key | quote }}
  readOnly: true
{{- end }}
{{- include "prefetcher.credentialMounts" . }}
{{- with .Values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end }}
