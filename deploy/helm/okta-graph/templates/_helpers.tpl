{{- define "okta-graph.fullname" -}}
{{- if contains .Chart.Name .Release.Name }}{{ .Release.Name | trunc 50 | trimSuffix "-" }}{{ else }}{{ printf "%s-%s" .Release.Name .Chart.Name | trunc 50 | trimSuffix "-" }}{{ end }}
{{- end }}

{{- define "okta-graph.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
{{ include "okta-graph.selector" . }}
{{- end }}

{{- define "okta-graph.selector" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "okta-graph.credentialsSecret" -}}
{{ .Values.credentials.existingSecret | default (printf "%s-credentials" (include "okta-graph.fullname" .)) }}
{{- end }}

{{- define "okta-graph.neo4jSecret" -}}
{{ .Values.neo4j.existingSecret | default (printf "%s-neo4j" (include "okta-graph.fullname" .)) }}
{{- end }}

{{/* What the containers of the worker, the console and the schedules have in common. */}}
{{- define "okta-graph.container" -}}
image: {{ printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) | quote }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
{{- end }}

{{/* What only reads the graph has no part in these. */}}
{{- define "okta-graph.credentialsEnv" -}}
- name: OKTA_CREDENTIALS_DIR
  value: /etc/okta-graph/credentials
{{- end }}

{{- define "okta-graph.credentialsMount" -}}
- name: credentials
  mountPath: /etc/okta-graph/credentials
  readOnly: true
{{- end }}

{{- define "okta-graph.credentialsVolume" -}}
- name: credentials
  secret:
    secretName: {{ include "okta-graph.credentialsSecret" . }}
    defaultMode: 0440
{{- end }}

{{- define "okta-graph.env" -}}
- name: NEO4J_URI
  value: {{ .Values.neo4j.uri | quote }}
- name: NEO4J_USERNAME
  value: {{ .Values.neo4j.username | quote }}
- name: NEO4J_PASSWORD_FILE
  value: /etc/okta-graph/neo4j/password
{{- with .Values.neo4j.database }}
- name: NEO4J_DATABASE
  value: {{ . | quote }}
{{- end }}
- name: TEMPORAL_ADDRESS
  value: {{ .Values.temporal.address | quote }}
- name: TEMPORAL_NAMESPACE
  value: {{ .Values.temporal.namespace | quote }}
- name: TEMPORAL_TASK_QUEUE
  value: {{ .Values.temporal.taskQueue | quote }}
{{- if .Values.temporal.apiKeySecret }}
- name: TEMPORAL_API_KEY_FILE
  value: /etc/okta-graph/temporal/apiKey
{{- end }}
{{- range $name, $value := .Values.env }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}

{{- define "okta-graph.mounts" -}}
- name: neo4j
  mountPath: /etc/okta-graph/neo4j
  readOnly: true
{{- if .Values.temporal.apiKeySecret }}
- name: temporal
  mountPath: /etc/okta-graph/temporal
  readOnly: true
{{- end }}
- name: tmp
  mountPath: /tmp
{{- end }}

{{/* Readable by the owner and the group alone, which okta-graph demands of secrets. */}}
{{- define "okta-graph.volumes" -}}
- name: neo4j
  secret:
    secretName: {{ include "okta-graph.neo4jSecret" . }}
    defaultMode: 0440
{{- with .Values.temporal.apiKeySecret }}
- name: temporal
  secret:
    secretName: {{ . }}
    defaultMode: 0440
{{- end }}
- name: tmp
  emptyDir: {}
{{- end }}

{{- define "okta-graph.pod" -}}
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
