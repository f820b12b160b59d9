{{- /*
Where the credentials for the list's images come from: pull secrets, and the node's credential providers. Only what pulls has
them. They are read from files, so that the service account needs no right to read Secrets.
*/}}

{{- /*
The pull secrets as a JSON array, in the order written: each one's name, its volume's name and the directory that it is mounted at. A
volume's name comes from the number, since a Secret's own may be longer than a volume's, and have dots.
*/}}
{{- define "prefetcher.pullSecrets" -}}
{{- $secrets := list -}}
{{- range $index, $secret := .Values.pull.secrets -}}
{{- $name := include "prefetcher.pullSecretName" $secret -}}
{{- $directory := printf "%s/pull-secrets/%s" (include "prefetcher.directory" $) $name -}}
{{- $volume := printf "pull-secret-%d" $index -}}
{{- $isOptional := eq (include "prefetcher.isOptionalSecret" $secret) "true" -}}
{{- $secrets = append $secrets (dict "name" $name "volume" $volume "directory" $directory "isOptional" $isOptional) -}}
{{- end -}}
{{- $secrets | toJson -}}
{{- end }}

{{- /* A pull secret's name, whether it stands alone or in a map. */}}
{{- define "prefetcher.pullSecretName" -}}
{{- if kindIs "map" . }}{{ get . "name" }}{{ else }}{{ . }}{{ end -}}
{{- end }}

{{- /* `true` for a pull secret that pods start without. */}}
{{- define "prefetcher.isOptionalSecret" -}}
{{- if kindIs "map" . }}{{ if eq (get . "optional" | toString) "true" }}true{{ end }}{{ end -}}
{{- end }}

{{- /* `true` where the node's credential providers are used. */}}
{{- define "prefetcher.hasCredentialProviders" -}}
{{- with .Values.credentialProviders }}{{ if .enabled }}true{{ end }}{{ end -}}
{{- end }}

{{- /* Where the node's configuration of credential providers is mounted. */}}
{{- define "prefetcher.credentialProvidersConfigFile" -}}
{{- include "prefetcher.directory" . }}/credential-providers/config.yaml
{{- end }}

{{- /* Where the node's directory of plugins is mounted. */}}
{{- define "prefetcher.credentialProvidersBinDir" -}}
{{- include "prefetcher.directory" . }}/credential-providers/bin
{{- end }}

{{- /* The arguments that name them. */}}
{{- define "prefetcher.credentialArgs" -}}
{{- range include "prefetcher.pullSecrets" . | fromJsonArray }}
- {{ include "prefetcher.argument" (printf "--pull-secret=%s" .directory) }}
{{- end }}
{{- if include "prefetcher.hasCredentialProviders" . }}
- {{ include "prefetcher.argument" (printf "--credential-providers-config-file=%s" (include "prefetcher.credentialProvidersConfigFile" .)) }}
- {{ include "prefetcher.argument" (printf "--credential-providers-bin-dir=%s" (include "prefetcher.credentialProvidersBinDir" .)) }}
{{- end }}
{{- end }}

{{- /* No subPath: a file that is mounted by one would stay what it was when the pod started, and a rotated secret go unseen. */}}
{{- define "prefetcher.credentialMounts" -}}
{{- range include "prefetcher.pullSecrets" . | fromJsonArray }}
- name: {{ .volume | quote }}
  mountPath: {{ .directory | quote }}
  readOnly: true
{{- end }}
{{- if include "prefetcher.hasCredentialProviders" . }}
- name: credential-providers-config
  mountPath: {{ include "prefetcher.credentialProvidersConfigFile" . | quote }}
  readOnly: true
- name: credential-providers-bin
  mountPath: {{ include "prefetcher.credentialProvidersBinDir" . | quote }}
  readOnly: true
{{- end }}
{{- end }}

{{- /* The mode is 0444, in decimal because not every reader of YAML takes it for octal. */}}
{{- define "prefetcher.credentialVolumes" -}}
{{- range include "prefetcher.pullSecrets" . | fromJsonArray }}
- name: {{ .volume | quote }}
  secret:
    secretName: {{ .name | quote }}
    defaultMode: 292
    {{- if .isOptional }}
    optional: true
    {{- end }}
{{- end }}
{{- if include "prefetcher.hasCredentialProviders" . }}
{{- /* The file alone: its directory may be one that holds the node's own keys, as /etc/kubernetes does. */}}
- name: credential-providers-config
  hostPath:
    path: {{ .Values.credentialProviders.configFile | quote }}
    type: File
- name: credential-providers-bin
  hostPath:
    path: {{ .Values.credentialProviders.binDir | quote }}
    type: Directory
{{- end }}
{{- end }}
