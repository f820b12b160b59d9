{{- /*
What must hold before anything is rendered: rules that the schema cannot state, and those of its rules that keep one release from
harming another, since Helm has --skip-schema-validation. Each failure names its remedy.
*/}}
{{- define "prefetcher.validate" -}}
{{- include "prefetcher.validateInstance" . -}}
{{- include "prefetcher.validateEntries" . -}}
{{- include "prefetcher.validateExistingList" . -}}
{{- include "prefetcher.validateSocket" . -}}
{{- include "prefetcher.validatePullSecrets" . -}}
{{- include "prefetcher.validateCredentialProviders" . -}}
{{- include "prefetcher.validateDisk" . -}}
{{- include "prefetcher.validateDurations" . -}}
{{- end }}

{{- define "prefetcher.validateInstance" -}}
{{- $instance := include "prefetcher.instance" . -}}
{{- if not (regexMatch "^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$" $instance) -}}
{{- fail (printf "instanceName: %q cannot end a label's key. Set instanceName to at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends." $instance) -}}
{{- end -}}
{{- end }}

{{- define "prefetcher.validateEntries" -}}
{{- $hasRequired := false -}}
{{- range $index, $entry := .Values.images -}}
{{- include "prefetcher.validateEntry" (dict "path" (printf "images[%d]" $index) "entry" $entry) -}}
{{- if not (include "prefetcher.isOptional" $entry) }}{{ $hasRequired = true }}{{ end -}}
{{- end -}}
{{- $lines := include "prefetcher.entries" . | fromJsonArray -}}
{{- if not (or $lines (include "prefetcher.hasExistingList" .)) -}}
{{- fail "images: the list is empty. Name at least one image, or set existingList; to stop prefetching, uninstall the release." -}}
{{- end -}}
{{- if not (or $hasRequired (include "prefetcher.hasExistingList" .)) -}}
{{- fail "images: every entry has `required: false`, and only required ones count for the label. Leave it out for at least one entry." -}}
{{- end -}}
{{- $bytes := join "\n" $lines | len -}}
{{- if gt $bytes 32768 -}}
{{- fail (printf "images: the list has %d bytes, and a pod's arguments are to have at most 32768 (32 KiB) of it. Put the list into a ConfigMap and set existingList: {configMap: NAME, key: KEY, revision: REVISION}, with the revision as `prefetcher revision --image-list-file FILE` prints it." $bytes) -}}
{{- end -}}
{{- end }}

{{- /* One entry (`entry`) at its place in the values (`path`): a reference, or a map of a reference and its options. */}}
{{- define "prefetcher.validateEntry" -}}
{{- $reference := .entry -}}
{{- if kindIs "map" .entry -}}
{{- $reference = get .entry "ref" -}}
{{- range $key := keys .entry | sortAlpha -}}
{{- if not (has $key (list "ref" "required" "platforms")) -}}
{{- fail (printf "%s: an entry has no key %q. Write the entry as REF or as {ref: REF, required: false, platforms: [OS/ARCH]}, with the options that it needs." $.path $key) -}}
{{- end -}}
{{- end -}}
{{- if not (kindIs "bool" (dig "required" true .entry)) -}}
{{- fail (printf "%s.required: %s is neither true nor false. Write one of the two without quotes, or leave it out: an entry is required unless it says false." .path (toRawJson .entry.required)) -}}
{{- end -}}
{{- if hasKey .entry "platforms" }}{{ include "prefetcher.validatePlatforms" . }}{{ end -}}
{{- end -}}
{{- if not (and (kindIs "string" $reference) (regexMatch "^[^\\s#]\\S*$" (toString $reference))) -}}
{{- fail (printf "%s: %s is no image reference. Write one reference per entry, in one piece, such as registry.k8s.io/pause:3.10; options go beside it, as in {ref: REF, required: false}." .path (toRawJson $reference)) -}}
{{- end -}}
{{- end }}

{{- /* An empty list would say that the image is meant for no node, and its line that it is meant for all: it is refused. */}}
{{- define "prefetcher.validatePlatforms" -}}
{{- if not (and (kindIs "slice" .entry.platforms) .entry.platforms) -}}
{{- fail (printf "%s.platforms: %s is no list of at least one platform. Write OS/ARCH in a list, such as [linux/amd64], or leave it out: an entry is meant for all platforms unless it names some." .path (toRawJson .entry.platforms)) -}}
{{- end -}}
{{- range $platform := .entry.platforms -}}
{{- if not (regexMatch "^[a-z0-9]+/[a-z0-9]+$" (toString $platform)) -}}
{{- fail (printf "%s.platforms: %s is no platform. Write it as OS/ARCH, such as linux/amd64, and without a variant: linux/arm64 is meant for all of its variants." $.path (toRawJson $platform)) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- define "prefetcher.validateExistingList" -}}
{{- if include "prefetcher.hasExistingList" . -}}
{{- range $part := list "configMap" "key" "revision" -}}
{{- if not (get $.Values.existingList $part) -}}
{{- fail (printf "existingList: %s is missing. Set all of existingList: {configMap: NAME, key: KEY, revision: REVISION}, or none of it." $part) -}}
{{- end -}}
{{- end -}}
{{- if and .Values.images (not (include "prefetcher.isSample" .)) -}}
{{- fail "existingList: images is set too, and a release has one list. Leave images out (`images: null` takes back an earlier file's), or leave existingList out." -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- /*
The socket's directory is mounted at its own path. At `/` it would hide the agent's image; above a directory that is the pod's own,
that one's mount point would have to be made on the node, and in it or below it the node's files would lie among the pod's.
*/}}
{{- define "prefetcher.validateSocket" -}}
{{- if or (not (regexMatch "^(/[^/\\s]+){2,}$" .Values.criSocket)) (eq (dir .Values.criSocket) "/") -}}
{{- fail (printf "criSocket: %q is no path of a socket that lies in a directory. Set criSocket to an absolute path without a scheme, such as /run/containerd/containerd.sock." .Values.criSocket) -}}
{{- end -}}
{{- $directory := dir .Values.criSocket -}}
{{- $remedies := dict (include "prefetcher.tokenDirectory" .) "the same socket's path under /run" -}}
{{- $_ := set $remedies (include "prefetcher.directory" .) "a socket outside of /etc, such as /run/containerd/containerd.sock" -}}
{{- range $own, $remedy := $remedies -}}
{{- if or (hasPrefix (printf "%s/" $directory) (printf "%s/" $own)) (hasPrefix (printf "%s/" $own) (printf "%s/" $directory)) -}}
{{- fail (printf "criSocket: %s cannot be mounted from the node, since %s is the pod's own. Set criSocket to %s." $directory $own $remedy) -}}
{{- end -}}
{{- end -}}
{{- end }}

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

{{- /* A value that is no number, `null` say, would otherwise become 0 and turn the guard off in silence. */}}
{{- define "prefetcher.validateDisk" -}}
{{- if not (regexMatch "^([1-8]?[0-9]|90)$" (toString .Values.disk.minFreePercent)) -}}
{{- fail (printf "disk.minFreePercent: %s is no whole number from 0 to 90. Set disk.minFreePercent to one that is above the kubelet's own thresholds, such as 20, or to 0 for no guard." (toRawJson .Values.disk.minFreePercent)) -}}
{{- end -}}
{{- end }}

{{- /*
The agent's timers take 2^31-1 ms, which is between 24 and 25 days, and no pattern adds up hours and minutes. The sum is one of
floats, because sprig reads the whole number 08 as an octal one, and in milliseconds, which a float holds exactly.
*/}}
{{- define "prefetcher.validateDurations" -}}
{{- $unitMs := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- $durations := dict "pull.timeout" .Values.pull.timeout "label.timeout" .Values.label.timeout -}}
{{- $_ := set $durations "pull.attemptTimeout" .Values.pull.attemptTimeout -}}
{{- $_ := set $durations "pull.retry.initialDelay" .Values.pull.retry.initialDelay -}}
{{- $_ := set $durations "pull.retry.maxDelay" .Values.pull.retry.maxDelay -}}
{{- range $name, $duration := $durations -}}
{{- $ms := 0.0 -}}
{{- range $part := regexFindAll "[0-9]+(ms|s|m|h)" (toString $duration) -1 -}}
{{- $unit := regexFind "[a-z]+" $part -}}
{{- $ms = addf $ms (mulf (trimSuffix $unit $part) (get $unitMs $unit)) -}}
{{- end -}}
{{- if gt $ms (mulf 576 $unitMs.h) -}}
{{- fail (printf "%s: %s is more than 24 days. Set %s to 576h at most." $name $duration $name) -}}
{{- end -}}
{{- end -}}
{{- end }}
