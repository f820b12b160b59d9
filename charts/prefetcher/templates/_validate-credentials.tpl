{{- /*
The rules of _validate.tpl for where the credentials for the list's images come from.
*/}}

{{- /* A name is a part of the directory that its Secret is mounted at: `..` would be another directory, and a name that is there twice one directory. */}}
{{- define "prefetcher.validatePullSecrets" -}}
{{- if not (or (kindIs "slice" .Values.pull.secrets) (kindIs "invalid" .Values.pull.secrets)) -}}
{{- fail "pull.secrets is no list. Write the names of the pull secrets in one, such as [team-a], or leave it out." -}}
{{- end -}}
{{- $places := dict -}}
{{- range $index, $secret := .Values.pull.secrets -}}
{{- $path := printf "pull.secrets[%d]" $index -}}
{{- include "prefetcher.validatePullSecret" (dict "path" $path "secret" $secret) -}}
{{- $name := include "prefetcher.pullSecretName" $secret -}}
{{- with get $places $name -}}
{{- fail (printf "%s: %q is there already, as %s. Name each pull secret once." $path $name .) -}}
{{- end -}}
{{- $_ := set $places $name $path -}}
{{- end -}}
{{- end }}

{{- /* One pull secret (`secret`) at its place in the values (`path`): a name, or a map of a name and an option. */}}
{{- define "prefetcher.validatePullSecret" -}}
{{- $name := .secret -}}
{{- if kindIs "map" .secret -}}
{{- $name = get .secret "name" -}}
{{- range $key := keys .secret | sortAlpha -}}
{{- if not (has $key (list "name" "optional")) -}}
{{- fail (printf "%s: a pull secret has no key %q. Write it as NAME or as {name: NAME, optional: true}." $.path $key) -}}
{{- end -}}
{{- end -}}
{{- if not (kindIs "bool" (dig "optional" false .secret)) -}}
{{- fail (printf "%s.optional: %s is neither true nor false. Write one of the two without quotes, or leave it out: a pod waits for the pull secret unless it says true." .path (toRawJson .secret.optional)) -}}
{{- end -}}
{{- end -}}
{{- $isName := regexMatch "^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$" (toString $name) -}}
{{- if not (and (kindIs "string" $name) $isName (le (len (toString $name)) 253)) -}}
{{- fail (printf "%s: %s is no name of a Secret. Write the name of one in the release's namespace: at most 253 lower-case letters, digits, `-` and `.`, with a letter or digit at both ends and beside each dot." .path (toRawJson $name)) -}}
{{- end -}}
{{- end }}

{{- define "prefetcher.validateCredentialProviders" -}}
{{- if not (or (kindIs "map" .Values.credentialProviders) (kindIs "invalid" .Values.credentialProviders)) -}}
{{- fail "credentialProviders is no map. Write it as {enabled: true, configFile: PATH, binDir: PATH}, or leave it out." -}}
{{- end -}}
{{- with .Values.credentialProviders -}}
{{- if not (kindIs "bool" .enabled) -}}
{{- fail (printf "credentialProviders.enabled: %s is neither true nor false. Write one of the two without quotes." (toRawJson .enabled)) -}}
{{- end -}}
{{- if .enabled -}}
{{- range $name := list "configFile" "binDir" -}}
{{- $path := get $.Values.credentialProviders $name -}}
{{- if not $path -}}
{{- fail (printf "credentialProviders.%s is missing. Set credentialProviders: {enabled: true, configFile: PATH, binDir: PATH} to what the kubelet has as --image-credential-provider-config and --image-credential-provider-bin-dir." $name) -}}
{{- end -}}
{{- if not (regexMatch "^(/([^/.\\s][^/\\s]*|\\.[^/.\\s][^/\\s]*|\\.\\.[^/\\s]+))+$" (toString $path)) -}}
{{- fail (printf "credentialProviders.%s: %s is no path on the nodes. Write an absolute one, without `.`, `..` or a slash at its end, and not `/` itself, such as /etc/eks/image-credential-provider." $name (toRawJson $path)) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- end }}
