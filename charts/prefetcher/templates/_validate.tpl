{{- /*
What must hold before anything is rendered: rules that the schema cannot state, and those of its rules that keep one release from
harming another, since Helm has --skip-schema-validation. Each failure names its remedy.
*/}}
{{- define "prefetcher.validate" -}}
{{- include "prefetcher.validateInstance" . -}}
{{- include "prefetcher.validateEntries" . -}}
{{- include "prefetcher.validateExistingList" . -}}
{{- include "prefetcher.validateSocket" . -}}
{{- include "prefetcher.validateDurations" . -}}
{{- end }}

{{- define "prefetcher.validateInstance" -}}
{{- $instance := include "prefetcher.instance" . -}}
{{- if not (regexMatch "^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$" $instance) -}}
{{- fail (printf "instanceName: %q cannot end a label's key. Set instanceName to at most 63 letters, digits, `-`, `_` and `.`, with a letter or digit at both ends." $instance) -}}
{{- end -}}
{{- end }}

{{- define "prefetcher.validateEntries" -}}
{{- range $index, $entry := .Values.images -}}
{{- if kindIs "map" $entry -}}
{{- range $key := keys $entry | sortAlpha -}}
{{- if ne $key "ref" -}}
{{- fail (printf "images[%d]: an entry has no key %q. Write the entry as REF or as {ref: REF}." $index $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- $line := include "prefetcher.entry" $entry -}}
{{- if not (regexMatch "^[^\\s#]\\S*$" $line) -}}
{{- fail (printf "images[%d]: %q is no image reference. Write one reference per entry, in one piece, such as registry.k8s.io/pause:3.10." $index $line) -}}
{{- end -}}
{{- end -}}
{{- $lines := include "prefetcher.entries" . | fromJsonArray -}}
{{- if not (or $lines (include "prefetcher.hasExistingList" .)) -}}
{{- fail "images: the list is empty. Name at least one image, or set existingList; to stop prefetching, uninstall the release." -}}
{{- end -}}
{{- $bytes := join "\n" $lines | len -}}
{{- if gt $bytes 32768 -}}
{{- fail (printf "images: the list has %d bytes, and a pod's arguments are to have at most 32768 (32 KiB) of it. Put the list into a ConfigMap and set existingList: {configMap: NAME, key: KEY, revision: REVISION}, with the revision as `prefetcher revision --image-list-file FILE` prints it." $bytes) -}}
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
The socket's directory is mounted at its own path. At `/` it would hide the agent's image, and above the token's directory the
token's mount point would have to be made on the node.
*/}}
{{- define "prefetcher.validateSocket" -}}
{{- if not (regexMatch "^(/[^/\\s]+){2,}$" .Values.criSocket) -}}
{{- fail (printf "criSocket: %q is no path of a socket that lies in a directory. Set criSocket to an absolute path without a scheme, such as /run/containerd/containerd.sock." .Values.criSocket) -}}
{{- end -}}
{{- if hasPrefix (printf "%s/" (dir .Values.criSocket)) (include "prefetcher.tokenDirectory" .) -}}
{{- fail (printf "criSocket: %s holds the pod's token and cannot be mounted from the node. Set criSocket to the same socket's path under /run." (dir .Values.criSocket)) -}}
{{- end -}}
{{- end }}

{{- /*
The agent's timers take 2^31-1 ms, which is between 24 and 25 days, and no pattern adds up hours and minutes. The sum is one of
floats, because sprig reads the whole number 08 as an octal one, and in milliseconds, which a float holds exactly.
*/}}
{{- define "prefetcher.validateDurations" -}}
{{- $unitMs := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 -}}
{{- $durations := dict "pull.timeout" .Values.pull.timeout "label.timeout" .Values.label.timeout -}}
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
