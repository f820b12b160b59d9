{{- /*
The kubelet's allowlist for this list: the names under which the kubelet knows the images, for NOTES.txt. A test compares them with
those that the agent finds.
*/}}

{{- /* The names of the list's images as a JSON array, each once, sorted. What is no reference has none; the agent refuses it. */}}
{{- define "prefetcher.imageNames" -}}
{{- $names := list -}}
{{- range .Values.images -}}
{{- $reference := . -}}
{{- if kindIs "map" . }}{{ $reference = .ref }}{{ end -}}
{{- with include "prefetcher.imageName" (toString $reference) }}{{ $names = append $names . }}{{ end -}}
{{- end -}}
{{- $names | uniq | sortAlpha | toJson -}}
{{- end }}

{{- /*
Registry and repository of a reference in full, without tag and digest: `docker.io/library/nginx`. Empty for what is no reference: the
kubelet refuses a configuration with a name that it cannot read. The first part is a registry only if it cannot be a user's name on
Docker Hub.
*/}}
{{- define "prefetcher.imageName" -}}
{{- if include "prefetcher.isReference" . -}}
{{- $name := regexReplaceAll "@.*$" . "" -}}
{{- $name = regexReplaceAll ":[^:/]*$" $name "" -}}
{{- $first := regexFind "^[^/]*/" $name | trimSuffix "/" -}}
{{- $registry := "docker.io" -}}
{{- if or (regexMatch "[.:[A-Z]" $first) (eq $first "localhost") -}}
{{- $registry = $first -}}
{{- $name = trimPrefix (printf "%s/" $first) $name -}}
{{- end -}}
{{- if has $registry (list "docker.io" "index.docker.io") -}}
{{- $registry = "docker.io" -}}
{{- if not (contains "/" $name) }}{{ $name = printf "library/%s" $name }}{{ end -}}
{{- end -}}
{{- $full := printf "%s/%s" $registry $name -}}
{{- if le (len $full) 255 }}{{ $full }}{{ end -}}
{{- end -}}
{{- end }}

{{- /* `true` for what the grammar of references has; 64 hex digits are an image's ID, which no registry is asked for. */}}
{{- define "prefetcher.isReference" -}}
{{- $part := "[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*" -}}
{{- $label := "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?" -}}
{{- $registry := printf "(?:%s(?:\\.%s)*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?" $label $label -}}
{{- $name := printf "(?:%s/)?%s(?:/%s)*" $registry $part $part -}}
{{- $tag := "[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}" -}}
{{- $digest := "(?:sha256:[0-9a-f]{64}|sha384:[0-9a-f]{96}|sha512:[0-9a-f]{128})" -}}
{{- $isId := regexMatch "^(?:sha256:)?[0-9a-f]{64}$" . -}}
{{- if and (not $isId) (regexMatch (printf "^%s(?::%s)?(?:@%s)?$" $name $tag $digest) .) }}true{{ end -}}
{{- end }}

{{- /*
The command that prints these names for a list in a ConfigMap: comments and options go, then digest and tag; then Docker Hub is named
where no registry is. In the POSIX locale, where A-Z has no lower-case letters.
*/}}
{{- define "prefetcher.imageNamesCommand" -}}
{{- $key := .Values.existingList.key | replace "." "\\." -}}
kubectl get configmap -n {{ .Release.Namespace }} {{ .Values.existingList.configMap }} -o jsonpath='{.data.{{ $key }}}' | LC_ALL=C sed -E 's/^[[:space:]]+//; s/^#.*//; s/[[:space:]].*//; /^$/d; s/@.*//; s/:[^:/]*$//; /^(localhost|[^/]*[].:[A-Z][^/]*)\//!s/^/docker.io\//; s/^index\.docker\.io\//docker.io\//; s/^docker\.io\/([^/]*)$/docker.io\/library\/\1/' | LC_ALL=C sort -u
{{- end }}
