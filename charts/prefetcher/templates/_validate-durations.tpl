{{- /*
What no pattern says of a duration: how long it comes to. The agent's timers take 2^31-1 ms, which is between 24 and 25 days; and looks
in mode keep that follow each other too fast would be work for the node without an end.
*/}}
{{- define "prefetcher.validateDurations" -}}
{{- $durations := dict "pull.timeout" .Values.pull.timeout "label.timeout" .Values.label.timeout "keep.interval" .Values.keep.interval -}}
{{- $_ := set $durations "stagger.window" .Values.stagger.window -}}
{{- $_ := set $durations "pull.attemptTimeout" .Values.pull.attemptTimeout -}}
{{- $_ := set $durations "pull.retry.initialDelay" .Values.pull.retry.initialDelay -}}
{{- $_ := set $durations "pull.retry.maxDelay" .Values.pull.retry.maxDelay -}}
{{- range $name, $duration := $durations -}}
{{- if gt (include "prefetcher.durationMs" $duration | float64) 2073600000.0 -}}
{{- fail (printf "%s: %s is more than 24 days. Set %s to 576h at most." $name $duration $name) -}}
{{- end -}}
{{- end -}}
{{- if lt (include "prefetcher.durationMs" .Values.keep.interval | float64) 10000.0 -}}
{{- fail (printf "keep.interval: %s is less than 10 seconds. Set keep.interval to 10s at least; a look takes a share of a second of CPU, on every node." (toString .Values.keep.interval)) -}}
{{- end -}}
{{- end }}

{{- /*
A duration of the agent's or of Prometheus' in milliseconds. The sum is one of floats, because sprig reads the whole number 08 as an octal one, and in milliseconds, which
a float holds exactly.
*/}}
{{- define "prefetcher.durationMs" -}}
{{- $unitMs := dict "ms" 1 "s" 1000 "m" 60000 "h" 3600000 "d" 86400000 "w" 604800000 -}}
{{- $ms := 0.0 -}}
{{- range $part := regexFindAll "[0-9]+(ms|s|m|h|d|w)" (toString .) -1 -}}
{{- $unit := regexFind "[a-z]+" $part -}}
{{- $ms = addf $ms (mulf (trimSuffix $unit $part) (get $unitMs $unit)) -}}
{{- end -}}
{{- printf "%.0f" $ms -}}
{{- end }}
