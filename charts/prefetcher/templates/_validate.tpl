{{- /*
What must hold before anything is rendered: rules that the schema cannot state, and those of its rules that keep one release from
harming another, since Helm has --skip-schema-validation. Each failure names its remedy.
*/}}
{{- define "prefetcher.validate" -}}
{{- include "prefetcher.validateNulls" . -}}
{{- include "prefetcher.validateInstance" . -}}
{{- include "prefetcher.validateEntries" . -}}
{{- include "prefetcher.validateExistingList" . -}}
{{- include "prefetcher.validateMode" . -}}
{{- include "prefetcher.validateSocket" . -}}
{{- include "prefetcher.validateLabels" . -}}
{{- include "prefetcher.validateEnv" . -}}
{{- include "prefetcher.validateVolumes" . -}}
{{- include "prefetcher.validateAccounts" . -}}
{{- include "prefetcher.validatePullSecrets" . -}}
{{- include "prefetcher.validateCredentialProviders" . -}}
{{- include "prefetcher.validateDisk" . -}}
{{- include "prefetcher.validateDurations" . -}}
{{- include "prefetcher.validateMetrics" . -}}
{{- end }}

{{- /*
A value that a later file took back by `null` where the chart needs one: it would be an error that does not name it, or a `false` that
nobody wrote.
*/}}
{{- define "prefetcher.validateNulls" -}}
{{- $paths := list "pull" "pull.policy" "pull.concurrency" "pull.timeout" "pull.onFailure" "pull.retry" "pull.retry.initialDelay" "pull.retry.maxDelay" -}}
{{- $paths = concat $paths (list "disk" "mode" "keep" "keep.interval" "stagger" "stagger.window" "label" "label.timeout" "image" "image.repository" "serviceAccount" "serviceAccount.create") -}}
{{- $paths = concat $paths (list "rbac" "rbac.create" "admissionPolicy" "admissionPolicy.enabled" "openshift" "hookPods") -}}
{{- $paths = concat $paths (list "cleanup" "cleanup.enabled" "test" "test.enabled" "test.minPercent") -}}
{{- $paths = concat $paths (list "metrics" "metrics.rules" "metrics.rules.enabled" "metrics.dashboard" "metrics.dashboard.enabled") -}}
{{- $paths = concat $paths (list "metrics.rules.failedFor" "metrics.rules.minPercent" "metrics.rules.unfinishedFor" "metrics.rules.labelLostFor" "metrics.rules.labelLostWithin" "metrics.rules.podsMissingFor" "metrics.rules.podsNotReadyFor" "metrics.rules.metricsAbsentFor") -}}
{{- $paths = concat $paths (list "revisionHistoryLimit" "terminationGracePeriodSeconds") -}}
{{- range $path := $paths -}}
{{- $value := $.Values -}}
{{- range $name := splitList "." $path }}{{ $value = index $value $name }}{{ end -}}
{{- if kindIs "invalid" $value -}}
{{- fail (printf "%s: null leaves nothing in place of the chart's default. Leave it out for the default, or set it. Where nobody wrote it, an upgrade with --reuse-values has left it out: use --reset-then-reuse-values." $path) -}}
{{- end -}}
{{- end -}}
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
{{- fail (printf "images: the list has %d bytes, and a container's arguments are to have at most 32768 (32 KiB) of it. Put the list into a ConfigMap and set existingList: {configMap: NAME, key: KEY, revision: REVISION}, with the revision as `prefetcher revision --image-list-file FILE` prints it." $bytes) -}}
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

{{- /* Any other word would mean `once` in silence. */}}
{{- define "prefetcher.validateMode" -}}
{{- if not (has (toString .Values.mode) (list "once" "keep")) -}}
{{- fail (printf "mode: %s is neither once nor keep. Set mode to one of the two." (toRawJson .Values.mode)) -}}
{{- end -}}
{{- $surge := dig "rollingUpdate" "maxSurge" "" (default dict .Values.updateStrategy) | toString -}}
{{- if and (eq .Values.mode "keep") (not (has $surge (list "" "0" "0%" "<nil>"))) -}}
{{- fail (printf "updateStrategy.rollingUpdate.maxSurge: %s lets two pods be on a node, and in mode keep each of them writes the label for its own list, one over the other. Set it to 0, or leave it out." $surge) -}}
{{- end -}}
{{- end }}

{{- /*
The socket's directory is mounted at its own path. At `/` it would hide the agent's image; above a directory that is the pod's own,
that one's mount point would have to be made on the node, and in it or below it the node's files would lie among the pod's.
*/}}
{{- define "prefetcher.validateSocket" -}}
{{- $known := append (include "prefetcher.sockets" . | fromYaml | keys | sortAlpha) "custom" -}}
{{- if not (has (.Values.runtime | toString) $known) -}}
{{- fail (printf "runtime: %s is none of %s. Choose one of them; with custom, set criSocket to the path of the runtime's socket." (toRawJson .Values.runtime) (join ", " $known)) -}}
{{- end -}}
{{- $socket := include "prefetcher.criSocket" . -}}
{{- if not $socket -}}
{{- fail "criSocket is missing, and runtime: custom says nothing of where the socket is. Set criSocket to the path of the runtime's socket on the nodes." -}}
{{- end -}}
{{- if or (not (regexMatch "^(/[^/\\s]+){2,}$" $socket)) (eq (dir $socket) "/") -}}
{{- fail (printf "criSocket: %q is no path of a socket that lies in a directory. Set criSocket to an absolute path without a scheme, such as /run/containerd/containerd.sock." $socket) -}}
{{- end -}}
{{- $directory := dir $socket -}}
{{- $remedies := dict (include "prefetcher.tokenDirectory" .) "the same socket's path under /run" -}}
{{- $_ := set $remedies (include "prefetcher.directory" .) "a socket outside of /etc, such as /run/containerd/containerd.sock" -}}
{{- range $own, $remedy := $remedies -}}
{{- if or (hasPrefix (printf "%s/" $directory) (printf "%s/" $own)) (hasPrefix (printf "%s/" $own) (printf "%s/" $directory)) -}}
{{- fail (printf "criSocket: %s cannot be mounted from the node, since %s is the pod's own. Set criSocket to %s." $directory $own $remedy) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* A key that is there twice would be an error of Helm 4's, and with Helm 3 a selector that no longer selects. */}}
{{- define "prefetcher.validateLabels" -}}
{{- $selecting := list "app.kubernetes.io/name" "app.kubernetes.io/instance" -}}
{{- $others := list "app.kubernetes.io/component" "app.kubernetes.io/part-of" "app.kubernetes.io/version" "app.kubernetes.io/managed-by" "helm.sh/chart" -}}
{{- $taken := dict "commonLabels" (concat $selecting $others) "podLabels" $selecting -}}
{{- range $name, $keys := $taken -}}
{{- range $key := $keys -}}
{{- if hasKey (default dict (get $.Values $name)) $key -}}
{{- fail (printf "%s: %s is a label that the chart sets itself. Leave it out; nameOverride changes the name." $name $key) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and .Values.openshift.enabled (hasKey (default dict .Values.podAnnotations) "openshift.io/required-scc") -}}
{{- fail "podAnnotations: openshift.io/required-scc is set by openshift.enabled. Leave one of the two out." -}}
{{- end -}}
{{- end }}

{{- define "prefetcher.validateEnv" -}}
{{- /* The agent hands its state over to itself by the second one. */ -}}
{{- $seen := dict "NODE_NAME" "the chart's own" "PREFETCHER_STATE" "the agent's own" -}}
{{- range $index, $variable := .Values.extraEnv -}}
{{- $path := printf "extraEnv[%d]" $index -}}
{{- $name := get $variable "name" | toString -}}
{{- with get $seen $name -}}
{{- fail (printf "%s: %s is there already, as %s. Name each variable once." $path $name .) -}}
{{- end -}}
{{- $_ := set $seen $name $path -}}
{{- end -}}
{{- end }}

{{- define "prefetcher.validateVolumes" -}}
{{- $seen := dict -}}
{{- range $index, $volume := .Values.extraVolumes -}}
{{- $path := printf "extraVolumes[%d]" $index -}}
{{- $name := get $volume "name" | toString -}}
{{- if regexMatch "^(runtime|token|images|pull-secret-.*|credential-providers-.*)$" $name -}}
{{- fail (printf "%s: %s is the name of a volume of the chart's own. Give it another one, and the same in extraVolumeMounts." $path $name) -}}
{{- end -}}
{{- with get $seen $name -}}
{{- fail (printf "%s: %s is there already, as %s. Name each volume once." $path $name .) -}}
{{- end -}}
{{- $_ := set $seen $name $path -}}
{{- end -}}
{{- range $key := keys (default dict .Values.hookPods.annotations) -}}
{{- if hasPrefix "helm.sh/" $key -}}
{{- fail (printf "hookPods.annotations: %s is for Helm, and the chart's own. Leave it out." $key) -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* Who acts for the release: the agent, and the hooks. */}}
{{- define "prefetcher.validateAccounts" -}}
{{- with .Values.serviceAccount -}}
{{- if and (not .create) (not .name) -}}
{{- fail "serviceAccount.name is missing. Name the ServiceAccount that the agent is to use, or let the chart make one by serviceAccount.create: true." -}}
{{- end -}}
{{- if and (not .create) (not .dedicated) $.Values.admissionPolicy.enabled -}}
{{- fail (printf "serviceAccount: the admission policy would keep %s to the one label of this release, whoever else uses it. Set serviceAccount.dedicated: true where nobody does, or let the chart make one (serviceAccount.create: true), or set admissionPolicy.enabled: false." .name) -}}
{{- end -}}
{{- end -}}
{{- $agent := include "prefetcher.serviceAccountName" . -}}
{{- if and (or .Values.cleanup.enabled .Values.cleanup.orphans) (eq (toString .Values.cleanup.serviceAccountName) $agent) -}}
{{- /* Gone with the release where the chart made it, and kept to its pod's own node by the policy. */ -}}
{{- if or .Values.serviceAccount.create .Values.admissionPolicy.enabled -}}
{{- fail (printf "cleanup.serviceAccountName: %s is the agent's own, which an uninstall removes or the admission policy keeps to one node. Name another ServiceAccount, or none for one that the chart makes." $agent) -}}
{{- end -}}
{{- end -}}
{{- if not .Values.rbac.create -}}
{{- if and (or .Values.cleanup.enabled .Values.cleanup.orphans) (not .Values.cleanup.serviceAccountName) -}}
{{- fail "cleanup: with rbac.create: false the chart makes no rights for it. Set cleanup.serviceAccountName to a ServiceAccount that may list and patch nodes, and list pods and daemonsets in the release's namespace; or set cleanup.enabled: false, and cleanup.orphans: false." -}}
{{- end -}}
{{- if and .Values.test.enabled (not .Values.test.serviceAccountName) -}}
{{- fail "test: with rbac.create: false the chart makes no rights for it. Set test.serviceAccountName to a ServiceAccount that may list nodes, and list pods, daemonsets and events in the release's namespace; or set test.enabled: false." -}}
{{- end -}}
{{- end -}}
{{- end }}

{{- /* A value that is no number, `null` say, would otherwise become 0 and turn the guard off in silence. */}}
{{- define "prefetcher.validateDisk" -}}
{{- if not (regexMatch "^([1-8]?[0-9]|90)$" (toString .Values.disk.minFreePercent)) -}}
{{- fail (printf "disk.minFreePercent: %s is no whole number from 0 to 90. Set disk.minFreePercent to one that is above the kubelet's own thresholds, such as 20, or to 0 for no guard." (toRawJson .Values.disk.minFreePercent)) -}}
{{- end -}}
{{- end }}
