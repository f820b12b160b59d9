{{- /*
What the pods of the hooks have in common. A hook's objects are made for it and removed after it, by Helm: its rights are there only
while it runs.
*/}}

{{- /*
The name of a hook's namespaced objects: that of the release's objects, and what the hook is for (`component`). Helm removes whatever has
a hook's name before it makes the hook, another release's objects too; `prefetcher-test` is a name that people give to a release, and
`prefetcher-helm-test` is not.
*/}}
{{- define "prefetcher.hookName" -}}
{{- printf "%s-helm-%s" (include "prefetcher.fullname" .root | trunc 50 | trimSuffix "-") .component -}}
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
{{- default (include "prefetcher.hookName" .) .serviceAccountName -}}
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

{{- /*
Made before the pod, and removed after it whether it succeeded or failed: from 3.18 on, Helm also removes by `hook-succeeded` what it made
before a hook that failed. What an older Helm leaves, or one that was interrupted, the next hook replaces.
*/}}
{{- define "prefetcher.hookAccountMetadata" -}}
name: {{ .name | quote }}
labels:
  {{- include "prefetcher.hookLabels" .hook | nindent 2 }}
annotations:
  helm.sh/hook: {{ .hook.event | quote }}
  helm.sh/hook-weight: "-5"
  helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded,hook-failed
{{- end }}
