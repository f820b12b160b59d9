{{- /*
What the pods of the hooks have in common. A hook's objects are made for it and removed after it, by Helm: its rights are there only
while it runs.
*/}}

{{- /*
The name of a hook's namespaced objects: that of the release's objects, and what the hook is for (`component`). Helm removes whatever has
a hook's name before it makes the hook, another release's objects too, and `prefetcher-test` is a name that people give to a release.
Cut to 53, a release's name is still whole in it.
*/}}
{{- define "prefetcher.hookName" -}}
{{- $end := eq .component "test" | ternary "helm-test" .component -}}
{{- printf "%s-%s" (include "prefetcher.fullname" .root | trunc 53 | trimSuffix "-") $end -}}
{{- end }}

{{- /* The name of a hook's cluster-scoped objects. No instance has a colon in it, so it is no other instance's. */}}
{{- define "prefetcher.hookClusterName" -}}
{{- printf "%s:%s" (include "prefetcher.clusterName" .root) .component -}}
{{- end }}

{{- /* The labels of a hook's objects and pods. The name is not the agent's: the DaemonSet, and everybody who asks for its pods, selects by that. */}}
{{- define "prefetcher.hookLabels" -}}
app.kubernetes.io/name: {{ printf "%s-%s" (include "prefetcher.name" .root | trunc 54 | trimSuffix "-") .component | quote }}
app.kubernetes.io/instance: {{ .root.Release.Name | quote }}
app.kubernetes.io/component: {{ .component | quote }}
{{ include "prefetcher.otherLabels" .root }}
{{- end }}

{{- /* The ServiceAccount of a hook: one that is named, else the hook's own. */}}
{{- define "prefetcher.hookServiceAccountName" -}}
{{- default (include "prefetcher.hookName" .) (get .root.Values .component).serviceAccountName -}}
{{- end }}

{{- /* `true` where the chart makes the hook's ServiceAccount and roles. */}}
{{- define "prefetcher.hookHasOwnAccount" -}}
{{- if not (get .root.Values .component).serviceAccountName }}true{{ end -}}
{{- end }}

{{- /* A hook's pod spec: one container with these arguments (`args`), on a node with the agent's image if there is one. */}}
{{- define "prefetcher.hookPodSpec" -}}
serviceAccountName: {{ include "prefetcher.hookServiceAccountName" . | quote }}
automountServiceAccountToken: false
enableServiceLinks: false
restartPolicy: Never
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- /* The user is the image's own: nothing of the node is mounted, and a cluster that gives users out may give another. */}}
securityContext:
  runAsNonRoot: true
  seccompProfile:
    type: RuntimeDefault
{{- with include "prefetcher.texts" .root.Values.hookPods.nodeSelector }}
nodeSelector:
  {{- . | nindent 2 }}
{{- end }}
{{- with include "prefetcher.texts" .root.Values.nodeSelector | fromYaml }}
affinity:
  nodeAffinity:
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        preference:
          matchExpressions:
            {{- range $label, $value := . }}
            - key: {{ $label | quote }}
              operator: In
              values:
                - {{ $value | quote }}
            {{- end }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
containers:
  - name: {{ .component | quote }}
    image: {{ include "prefetcher.image" .root | quote }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy | quote }}
    args:
      {{- range .args }}
      - {{ include "prefetcher.argument" . }}
      {{- end }}
    {{- with .root.Values.hookPods.resources }}
    resources:
      {{- toYaml . | nindent 6 }}
    {{- end }}
    securityContext:
      allowPrivilegeEscalation: false
      capabilities:
        drop:
          - ALL
      readOnlyRootFilesystem: true
    terminationMessagePolicy: FallbackToLogsOnError
    volumeMounts:
      - {{ include "prefetcher.tokenMount" .root | nindent 8 | trim }}
volumes:
  - {{ include "prefetcher.tokenVolume" .root | nindent 4 | trim }}
{{- end }}

{{- /* A hook's ServiceAccount, and its roles and bindings: these rules for the cluster (`clusterRules`) and these for the release's namespace (`rules`), both JSON. */}}
{{- define "prefetcher.hookAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  {{- include "prefetcher.hookAccountMetadata" (dict "hook" . "name" (include "prefetcher.hookName" .)) | nindent 2 }}
automountServiceAccountToken: false
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRole
metadata:
  {{- include "prefetcher.hookAccountMetadata" (dict "hook" . "name" (include "prefetcher.hookClusterName" .)) | nindent 2 }}
rules:
  {{- .clusterRules | fromJsonArray | toYaml | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata:
  {{- include "prefetcher.hookAccountMetadata" (dict "hook" . "name" (include "prefetcher.hookClusterName" .)) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: ClusterRole
  name: {{ include "prefetcher.hookClusterName" . | quote }}
subjects:
  - kind: ServiceAccount
    name: {{ include "prefetcher.hookName" . | quote }}
    namespace: {{ .root.Release.Namespace | quote }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  {{- include "prefetcher.hookAccountMetadata" (dict "hook" . "name" (include "prefetcher.hookName" .)) | nindent 2 }}
rules:
  {{- .rules | fromJsonArray | toYaml | nindent 2 }}
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  {{- include "prefetcher.hookAccountMetadata" (dict "hook" . "name" (include "prefetcher.hookName" .)) | nindent 2 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ include "prefetcher.hookName" . | quote }}
subjects:
  - kind: ServiceAccount
    name: {{ include "prefetcher.hookName" . | quote }}
    namespace: {{ .root.Release.Namespace | quote }}
{{- end }}

{{- /* Made before the pod, and removed after it whether it succeeded or failed: Helm removes by `hook-succeeded` what was made before a hook that failed. */}}
{{- define "prefetcher.hookAccountMetadata" -}}
name: {{ .name | quote }}
labels:
  {{- include "prefetcher.hookLabels" .hook | nindent 2 }}
annotations:
  helm.sh/hook: {{ .hook.events | quote }}
  helm.sh/hook-weight: "-5"
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- end }}

{{- /* A Job of the cleanup hook (`hook`), under this name (`name`), for this event of the release (`event`). */}}
{{- define "prefetcher.cleanupJob" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .name | quote }}
  labels:
    {{- include "prefetcher.hookLabels" .hook | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .event }}
    {{- /* One that failed stays for its log. */}}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
    helm.sh/hook-output-log-policy: hook-failed
spec:
  {{- /* Two minutes for the pods to end, as long again for the nodes; and below Helm's own limit of five. */}}
  activeDeadlineSeconds: 240
  backoffLimit: 1
  {{- /* Where Helm was interrupted nobody else removes it. */}}
  ttlSecondsAfterFinished: 3600
  template:
    metadata:
      labels:
        {{- include "prefetcher.hookLabels" .hook | nindent 8 }}
      {{- with include "prefetcher.texts" .hook.root.Values.hookPods.annotations }}
      annotations:
        {{- . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "prefetcher.hookPodSpec" .hook | nindent 6 }}
{{- end }}
