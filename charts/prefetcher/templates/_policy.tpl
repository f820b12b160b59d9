{{- /*
What the admission policies of the agent and of the cleanup have in common.
*/}}

{{- /* Every request about a Node. */}}
{{- define "prefetcher.nodeRules" -}}
matchConstraints:
  resourceRules:
    - apiGroups:
        - ""
      apiVersions:
        - v1
      operations:
        - CREATE
        - UPDATE
        - DELETE
      resources:
        - nodes
        - nodes/status
{{- end }}

{{- define "prefetcher.nodeVariables" -}}
- name: isUpdate
  expression: "request.operation == 'UPDATE' && request.?subResource.orValue('') == ''"
- name: oldLabels
  expression: "oldObject.metadata.?labels.orValue({})"
- name: newLabels
  expression: "object.metadata.?labels.orValue({})"
- name: oldAnnotations
  expression: "oldObject.metadata.?annotations.orValue({})"
- name: newAnnotations
  expression: "object.metadata.?annotations.orValue({})"
{{- end }}

{{- /* What of a Node nobody of ours ever changes; `who` is who must not. The API server itself keeps the name, the uid and the times, and on this path the status. */}}
{{- define "prefetcher.nodeFrozen" -}}
- expression: "!variables.isUpdate || object.spec == oldObject.spec"
  message: the {{ .who }} may not change a Node's spec
  reason: Forbidden
- expression: >-
    !variables.isUpdate || (
    object.metadata.?finalizers.orValue([]) == oldObject.metadata.?finalizers.orValue([]) &&
    object.metadata.?ownerReferences.orValue([]) == oldObject.metadata.?ownerReferences.orValue([]) &&
    object.metadata.?generateName.orValue('') == oldObject.metadata.?generateName.orValue(''))
  message: the {{ .who }} may not change a Node's finalizers, owner references or generated name
  reason: Forbidden
{{- /* An empty list would make the API server forget which client set what; a kubelet's entry for the status is one that a change of labels never moves. */}}
- expression: >-
    !variables.isUpdate || oldObject.metadata.?managedFields.orValue([]).all(f, f.?subresource.orValue('') == '' ||
    object.metadata.?managedFields.orValue([]).exists(g, g.?manager.orValue('') == f.?manager.orValue('') && g.?subresource.orValue('') == f.subresource))
  message: the {{ .who }} may not make a Node forget who manages its fields
  reason: Forbidden
{{- end }}
