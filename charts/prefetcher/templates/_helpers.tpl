{{- /*
Names, labels and the image of everything that the chart renders.
*/}}

{{- /* The name that the selectors use. It must not change between versions: a DaemonSet's selector is immutable. */}}
{{- define "prefetcher.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" -}}
{{- end }}

{{- /*
The name of namespaced objects: the release's and the chart's, or the release's alone where it says `prefetcher` already.
It comes from the release and not from the instance, because an instance may have upper case and `_`, which these names may not.
*/}}
{{- define "prefetcher.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 63 | trimSuffix "-" -}}
{{- else if contains (include "prefetcher.name" .) .Release.Name -}}
{{- .Release.Name | trunc 63 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name (include "prefetcher.name" .) | trunc 63 | trimSuffix "-" -}}
{{- end -}}
{{- end }}

{{- /*
The name of cluster-scoped objects. It carries the instance and not the namespace, as the node's label does: Helm then refuses
a second release of one instance at once, in whatever namespace, where two would otherwise contend for one label.
RBAC takes an instance as written, upper case and `_` included. No instance has a colon in it, so the name is nobody else's.
*/}}
{{- define "prefetcher.clusterName" -}}
{{- printf "image-prefetcher:%s" (include "prefetcher.instance" .) -}}
{{- end }}

{{- /* The name of the admission policy and of OpenShift's constraints: they have to be DNS names, which an instance need not be. */}}
{{- define "prefetcher.policyName" -}}
{{- printf "prefetcher-%s" (include "prefetcher.instance" . | sha256sum | trunc 8) -}}
{{- end }}

{{- /* The agent's ServiceAccount. */}}
{{- define "prefetcher.serviceAccountName" -}}
{{- default (include "prefetcher.fullname" .) .Values.serviceAccount.name -}}
{{- end }}

{{- /* The list's name, as written: rewritten, two names could meet on one label. */}}
{{- define "prefetcher.instance" -}}
{{- default .Release.Name .Values.instanceName -}}
{{- end }}

{{- /* The key of the node's label, and of the annotation that goes with it. */}}
{{- define "prefetcher.labelKey" -}}
{{- printf "image-prefetcher.stackrox.io/%s" (include "prefetcher.instance" .) -}}
{{- end }}

{{- /* Who speaks for the label: the release, which is what somebody can upgrade or uninstall. */}}
{{- define "prefetcher.owner" -}}
{{- printf "%s/%s" .Release.Namespace .Release.Name -}}
{{- end }}

{{- define "prefetcher.selectorLabels" -}}
app.kubernetes.io/name: {{ include "prefetcher.name" . | quote }}
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- /* The labels of an object's metadata. Not for the pod template: with the versions in it, a new chart would restart every pod. */}}
{{- define "prefetcher.labels" -}}
{{ include "prefetcher.selectorLabels" . }}
app.kubernetes.io/component: agent
{{ include "prefetcher.otherLabels" . }}
{{- end }}

{{- /* The labels that every object of the release has. */}}
{{- define "prefetcher.otherLabels" -}}
{{- /* The one label that no value changes: what has it is this chart's. */ -}}
app.kubernetes.io/part-of: image-prefetcher
app.kubernetes.io/version: {{ include "prefetcher.labelValue" .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service | quote }}
helm.sh/chart: {{ include "prefetcher.labelValue" (printf "%s-%s" .Chart.Name .Chart.Version) | quote }}
{{- with include "prefetcher.texts" .Values.commonLabels }}
{{ . }}
{{- end }}
{{- end }}

{{- /* A map of texts as YAML, without the keys that a later values file took back by `null`; empty where none is left. */}}
{{- define "prefetcher.texts" -}}
{{- $texts := dict -}}
{{- range $key, $text := . -}}
{{- if not (kindIs "invalid" $text) }}{{ $_ := set $texts $key $text }}{{ end -}}
{{- end -}}
{{- with $texts }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- /* A version as a label may have it: no `+`, at most 63 characters, and a letter or digit at its end. */}}
{{- define "prefetcher.labelValue" -}}
{{- regexReplaceAll "[^A-Za-z0-9]+$" (. | replace "+" "_" | trunc 63) "" -}}
{{- end }}

{{- /* The agent's own image. A digest wins over a tag, since it says more; a tag wins over the chart's appVersion. */}}
{{- define "prefetcher.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}
{{- end }}

{{- /* Where everything that is for the agent alone is mounted, each in a directory of its own. */}}
{{- define "prefetcher.directory" -}}
/etc/prefetcher
{{- end }}

{{- /* Where the ConfigMap of existingList is mounted. */}}
{{- define "prefetcher.listDirectory" -}}
{{- include "prefetcher.directory" . }}/images
{{- end }}

{{- /* Where clients in a pod look for its token, whoever mounted it. */}}
{{- define "prefetcher.tokenDirectory" -}}
/var/run/secrets/kubernetes.io/serviceaccount
{{- end }}

{{- /* Where the socket is: where `criSocket` says, else where that runtime has it. */}}
{{- define "prefetcher.criSocket" -}}
{{- if .Values.criSocket -}}
{{- .Values.criSocket -}}
{{- else -}}
{{- get (include "prefetcher.sockets" . | fromYaml) (.Values.runtime | toString) -}}
{{- end -}}
{{- end }}

{{- /* The sockets as the runtimes and distributions make them by default. */}}
{{- define "prefetcher.sockets" -}}
containerd: /run/containerd/containerd.sock
crio: /run/crio/crio.sock
k0s: /run/k0s/containerd.sock
k3s: /run/k3s/containerd/containerd.sock
microk8s: /var/snap/microk8s/common/run/containerd.sock
rke2: /run/k3s/containerd/containerd.sock
{{- end }}

{{- /* What a container that pulls may do: what every one may, and its SELinux options; empty where the cluster decides all of it. */}}
{{- define "prefetcher.securityContext" -}}
{{- $context := deepCopy (default dict .Values.securityContext) -}}
{{- if .Values.seLinuxOptions -}}
{{- $_ := set $context "seLinuxOptions" .Values.seLinuxOptions -}}
{{- else if and .Values.openshift.enabled (not $context.seLinuxOptions) -}}
{{- /* Of the types there are, the one that may connect to a runtime's socket without being privileged. */ -}}
{{- $_ := set $context "seLinuxOptions" (dict "type" "spc_t") -}}
{{- end -}}
{{- with $context }}{{ toYaml . }}{{ end -}}
{{- end }}

{{- /* The token of the pod's ServiceAccount, as the kubelet mounts it by itself into every container: here into those that name it. */}}
{{- define "prefetcher.tokenVolume" -}}
name: token
projected:
  sources:
    - serviceAccountToken:
        path: token
        expirationSeconds: 3600
    - configMap:
        name: kube-root-ca.crt
        items:
          - key: ca.crt
            path: ca.crt
    - downwardAPI:
        items:
          - path: namespace
            fieldRef:
              fieldPath: metadata.namespace
{{- end }}

{{- define "prefetcher.tokenMount" -}}
name: token
mountPath: {{ include "prefetcher.tokenDirectory" . | quote }}
readOnly: true
{{- end }}
