{{- /*
What the two hooks that clean up have in common: a Job, and its account with its rights. Each has objects of its own, for one event, since
Argo CD tells events apart by the annotation as a whole. A hook is what it is for (`component`), its `event`, and the Job's `args`.
*/}}
{{- define "prefetcher.cleanupHook" -}}
{{- $hook := merge (dict "serviceAccountName" .root.Values.cleanup.serviceAccountName "tolerations" (list (dict "operator" "Exists"))) . -}}
{{- if not $hook.serviceAccountName -}}
{{- $nodes := dict "apiGroups" (list "") "resources" (list "nodes") "verbs" (list "list" "patch") -}}
{{- $pods := dict "apiGroups" (list "") "resources" (list "pods") "verbs" (list "list") -}}
{{- $daemonSets := dict "apiGroups" (list "apps") "resources" (list "daemonsets") "verbs" (list "list") -}}
{{- $rules := dict "clusterRules" (list $nodes | toJson) "rules" (list $pods $daemonSets | toJson) -}}
{{ include "prefetcher.hookAccount" (merge $rules $hook) }}
---
{{- if .root.Values.admissionPolicy.enabled }}
{{ include "prefetcher.cleanupPolicy" $hook }}
---
{{- end }}
{{- end }}
{{ include "prefetcher.cleanupJob" $hook }}
{{- end }}

{{- /* The labels of the agent's pods, as a flag has them. */}}
{{- define "prefetcher.podSelectorArgument" -}}
{{- $labels := list -}}
{{- range $label, $value := include "prefetcher.selectorLabels" . | fromYaml -}}
{{- $labels = append $labels (printf "%s=%s" $label $value) -}}
{{- end -}}
{{- printf "--pod-selector=%s" (join "," $labels) -}}
{{- end }}

{{- define "prefetcher.cleanupJob" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ include "prefetcher.hookName" . | quote }}
  labels:
    {{- include "prefetcher.hookLabels" . | nindent 4 }}
  annotations:
    helm.sh/hook: {{ .event | quote }}
    {{- /* One that failed stays for its log. */}}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
    {{- /* What it has removed, and which pods had not ended, is for whoever uninstalls. */}}
    helm.sh/hook-output-log-policy: hook-succeeded,hook-failed
spec:
  {{- /* Two minutes for the pods to end, as long again for the nodes; and below Helm's own limit of five. */}}
  activeDeadlineSeconds: 240
  backoffLimit: 1
  {{- /* Where Helm was interrupted nobody else removes it. */}}
  ttlSecondsAfterFinished: 3600
  template:
    metadata:
      labels:
        {{- include "prefetcher.hookLabels" . | nindent 8 }}
      {{- with include "prefetcher.texts" .root.Values.hookPods.annotations }}
      annotations:
        {{- . | nindent 8 }}
      {{- end }}
    spec:
      {{- include "prefetcher.hookPodSpec" . | nindent 6 }}
{{- end }}

{{- /*
The right to patch nodes is the Job's for minutes, but stays where Helm is interrupted. So that nobody can do more with it than the Job does:
of a Node, labels and annotations of the prefetcher's may be removed, and nothing else be changed. The names of instances are whoever's.
*/}}
{{- define "prefetcher.cleanupPolicy" -}}
{{- $name := printf "%s-%s" (include "prefetcher.policyName" .root) .component -}}
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata:
  {{- include "prefetcher.hookAccountMetadata" (dict "hook" . "name" $name) | nindent 2 }}
spec:
  failurePolicy: Fail
  {{- include "prefetcher.nodeRules" . | nindent 2 }}
  matchConditions:
    - name: is-the-cleanup
      expression: {{ printf "request.userInfo.username == 'system:serviceaccount:%s:%s'" .root.Release.Namespace (include "prefetcher.hookServiceAccountName" .) | quote }}
  variables:
    - name: prefix
      expression: "'image-prefetcher.stackrox.io/'"
    {{- include "prefetcher.nodeVariables" . | nindent 4 }}
  validations:
    - expression: "variables.isUpdate"
      message: the cleanup may remove labels and annotations of Nodes, and neither make nor remove Nodes nor write their status
      reason: Forbidden
    {{- range $what, $map := dict "labels" "Labels" "annotations" "Annotations" }}
    - expression: >-
        !variables.isUpdate || (
        variables.new{{ $map }}.all(k, k in variables.old{{ $map }} && variables.old{{ $map }}[k] == variables.new{{ $map }}[k]) &&
        variables.old{{ $map }}.all(k, k.startsWith(variables.prefix) || k in variables.new{{ $map }}))
      messageExpression: "'of all {{ $what }} the cleanup may only remove those that begin with ' + variables.prefix"
      message: the cleanup may only remove the prefetcher's {{ $what }}
      reason: Forbidden
    {{- end }}
    {{- include "prefetcher.nodeFrozen" (dict "who" "cleanup") | nindent 4 }}
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata:
  {{- include "prefetcher.hookAccountMetadata" (dict "hook" . "name" $name) | nindent 2 }}
spec:
  policyName: {{ $name | quote }}
  validationActions:
    - Deny
{{- end }}
