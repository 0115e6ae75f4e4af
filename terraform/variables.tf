variable "name" {
  description = "Name of the stack."
  type        = string
  default     = "guardduty-coverage-notifier"
}

variable "template_url" {
  description = "HTTPS address in S3 of the release's template.yaml, as make publish uploads it."
  type        = string
  validation {
    condition     = startswith(var.template_url, "https://")
    error_message = "template_url must begin with https://."
  }
}

variable "code_bucket_prefix" {
  description = "The code is in the bucket of this name, a dash and the Region."
  type        = string
  validation {
    condition     = can(regex("^[a-z0-9][a-z0-9-]{1,45}[a-z0-9]$", var.code_bucket_prefix))
    error_message = "code_bucket_prefix must be the beginning of a bucket's name."
  }
}

variable "code_prefix" {
  description = "What the keys of the code begin with; null: as the release says."
  type        = string
  default     = null
}

variable "tags" {
  description = "Tags of the stack and its resources."
  type        = map(string)
  default     = {}
}

# From template.yaml:

locals {
  parameters = {
    SlackSecret              = var.slack_secret
    SlackSecretKmsKeyArn     = var.slack_secret_kms_key_arn
    SlackChannel             = var.slack_channel
    SlackBroadcastRecovery   = var.slack_broadcast_recovery
    SlackApiUrl              = var.slack_api_url
    SnsTopicArn              = var.sns_topic_arn
    SnsTopicKmsKeyArn        = var.sns_topic_kms_key_arn
    SnsFormat                = var.sns_format
    MessageLanguage          = var.message_language
    TimeZone                 = var.time_zone
    HoldMinutes              = var.hold_minutes
    StormLimit               = var.storm_limit
    GatherSeconds            = var.gather_seconds
    Routes                   = var.routes
    RouteSecretArns          = var.route_secret_arns
    RouteTopicArns           = var.route_topic_arns
    RouteKmsKeyArns          = var.route_kms_key_arns
    ReportSchedule           = var.report_schedule
    ReportRegions            = var.report_regions
    ReportQuiet              = var.report_quiet
    Inventory                = var.inventory
    ConfigAggregator         = var.config_aggregator
    ForwardedRegions         = var.forwarded_regions
    ForwardingOrganizationId = var.forwarding_organization_id
    AccountDirectory         = var.account_directory
    Diagnosis                = var.diagnosis
    DiagnosisRoleName        = var.diagnosis_role_name
    DiagnosisExternalId      = var.diagnosis_external_id
    Actor                    = var.actor
    ExpectedActors           = var.expected_actors
    AlarmEmail               = var.alarm_email
    AlarmTopicArn            = var.alarm_topic_arn
    ReportGapHours           = var.report_gap_hours
    LogRetentionDays         = var.log_retention_days
    Architecture             = var.architecture
    KmsKeyArn                = var.kms_key_arn
    PermissionsBoundaryArn   = var.permissions_boundary_arn
    RolePath                 = var.role_path
    ReservedConcurrency      = var.reserved_concurrency
  }
}

variable "slack_secret" {
  description = "Name or ARN of the SSM parameter, or ARN of the Secrets Manager secret, that holds a bot token (xoxb-...) or an incoming-webhook URL."
  type        = string
  default     = ""
}

variable "slack_secret_kms_key_arn" {
  description = "ARN of your KMS key that encrypts the Slack secret. Empty for the AWS managed key."
  type        = string
  default     = ""
}

variable "slack_channel" {
  description = "ID of the channel, for a bot token; a webhook has its own channel."
  type        = string
  default     = ""
}

variable "slack_broadcast_recovery" {
  description = "With a bot token, recoveries are in the thread of the first message; with \"true\" in the channel, too."
  type        = string
  default     = "false"
  validation {
    condition     = contains(["false", "true"], var.slack_broadcast_recovery)
    error_message = "slack_broadcast_recovery must be one of false, true."
  }
}

variable "slack_api_url" {
  description = "Base address of the Slack Web API, for GovSlack or a proxy. Empty for Slack's own."
  type        = string
  default     = ""
}

variable "sns_topic_arn" {
  description = "ARN of the topic to publish to."
  type        = string
  default     = ""
}

variable "sns_topic_kms_key_arn" {
  description = "ARN of your KMS key that encrypts the topic, if any."
  type        = string
  default     = ""
}

variable "sns_format" {
  description = "text: readable in e-mail and SMS, JSON for queues, functions and HTTP. json: JSON for everybody. amazon-q: for a topic that Amazon Q Developer in chat applications shows in Slack or Microsoft Teams."
  type        = string
  default     = "text"
  validation {
    condition     = contains(["text", "json", "amazon-q"], var.sns_format)
    error_message = "sns_format must be one of text, json, amazon-q."
  }
}

variable "message_language" {
  description = "Language of messages for people, English or Japanese."
  type        = string
  default     = "en"
  validation {
    condition     = contains(["en", "ja"], var.message_language)
    error_message = "message_language must be one of en, ja."
  }
}

variable "time_zone" {
  description = "Time zone of the report's schedule and of times in mail, SMS and chat applications. Slack shows each reader's own."
  type        = string
  default     = "UTC"
}

variable "hold_minutes" {
  description = "Problems that usually recover by themselves are reported only when they last for this many minutes."
  type        = number
  default     = 15
  validation {
    condition     = var.hold_minutes >= 0 && var.hold_minutes <= 15
    error_message = "hold_minutes must be from 0 to 15."
  }
}

variable "storm_limit" {
  description = "Beyond this many messages a minute, further changes wait and are sent together, as groups."
  type        = number
  default     = 20
  validation {
    condition     = var.storm_limit >= 1 && var.storm_limit <= 1000
    error_message = "storm_limit must be from 1 to 1000."
  }
}

variable "gather_seconds" {
  description = "Changes that waited are gathered for this many seconds; like changes become one message."
  type        = number
  default     = 5
  validation {
    condition     = var.gather_seconds >= 1 && var.gather_seconds <= 60
    error_message = "gather_seconds must be from 1 to 60."
  }
}

variable "routes" {
  description = "Rules that say who is notified about what (docs/routing.md), as JSON, or the name or ARN of the SSM parameter that holds it. Empty: changes that require no action appear in the report only."
  type        = string
  default     = ""
}

variable "route_secret_arns" {
  description = "ARNs of the SSM parameters and Secrets Manager secrets that the rules name as webhooks."
  type        = string
  default     = ""
}

variable "route_topic_arns" {
  description = "ARNs of the SNS topics that the rules name."
  type        = string
  default     = ""
}

variable "route_kms_key_arns" {
  description = "ARNs of your KMS keys that encrypt the parameter with the rules, their webhooks or topics."
  type        = string
  default     = ""
}

variable "report_schedule" {
  description = "When the coverage report is made, as EventBridge Scheduler writes it. Empty for no report."
  type        = string
  default     = "cron(0 9 ? * MON-FRI *)"
}

variable "report_regions" {
  description = "Regions of the report, separated by commas, or all. Empty for the Region of this stack. In the account of GuardDuty's delegated administrator, the report includes the members."
  type        = string
  default     = ""
}

variable "report_quiet" {
  description = "When everything is covered and nothing changed, the report is one line; with \"true\" it is not sent."
  type        = string
  default     = "false"
  validation {
    condition     = contains(["false", "true"], var.report_quiet)
    error_message = "report_quiet must be one of false, true."
  }
}

variable "inventory" {
  description = "\"on\": the report counts the clusters and instances that exist in this account, and names what GuardDuty can cover and does not list."
  type        = string
  default     = "on"
  validation {
    condition     = contains(["off", "on"], var.inventory)
    error_message = "inventory must be one of off, on."
  }
}

variable "config_aggregator" {
  description = "Name of the AWS Config aggregator of this account that counts for the whole organization instead, as name@region if it is in another Region. Empty: this account is counted."
  type        = string
  default     = ""
}

variable "forwarded_regions" {
  description = "Regions with forwarder.yaml and without a stack of their own, separated by commas. The report finds changes there that events missed; an alarm is raised when their heartbeats are missing."
  type        = string
  default     = ""
}

variable "forwarding_organization_id" {
  description = "ID of the AWS organization whose accounts may forward coverage events here. Empty: only this account's forwarders."
  type        = string
  default     = ""
}

variable "account_directory" {
  description = "\"names\": the report reads names and organizational units from AWS Organizations, for messages and rules; tags: the accounts' tags, too, if a rule needs them. Takes the management account or a delegated administrator's."
  type        = string
  default     = "off"
  validation {
    condition     = contains(["off", "names", "tags"], var.account_directory)
    error_message = "account_directory must be one of off, names, tags."
  }
}

variable "diagnosis" {
  description = "\"on\": before notifying, a function with a read-only role of its own checks how the resource and what its coverage depends on are configured; the message says what was found."
  type        = string
  default     = "off"
  validation {
    condition     = contains(["off", "on"], var.diagnosis)
    error_message = "diagnosis must be one of off, on."
  }
}

variable "diagnosis_role_name" {
  description = "Name of the role of member-role.yaml in other accounts. Empty to check this account only."
  type        = string
  default     = ""
}

variable "diagnosis_external_id" {
  description = "The external ID that the role requires, if any."
  type        = string
  default     = ""
}

variable "actor" {
  description = "With Diagnosis, what CloudTrail says of the requester of the change: role: roles and services; full: user and session names, too; off: nothing."
  type        = string
  default     = "role"
  validation {
    condition     = contains(["off", "role", "full"], var.actor)
    error_message = "actor must be one of off, role, full."
  }
}

variable "expected_actors" {
  description = "ARNs of roles, separated by commas. A loss that one of them requested is posted as information."
  type        = string
  default     = ""
}

variable "alarm_email" {
  description = "E-mail address for the alarms of this stack; it has to confirm. Without it, subscribe to the topic that is the output AlarmRecipient."
  type        = string
  default     = ""
}

variable "alarm_topic_arn" {
  description = "ARN of a topic of yours for the alarms; it should not be SnsTopicArn."
  type        = string
  default     = ""
}

variable "report_gap_hours" {
  description = "Hours without a report before an alarm: more than the longest gap of ReportSchedule. 0, for a gap longer than a week, turns it off."
  type        = number
  default     = 96
  validation {
    condition     = var.report_gap_hours >= 0 && var.report_gap_hours <= 168
    error_message = "report_gap_hours must be from 0 to 168."
  }
}

variable "log_retention_days" {
  description = "How many days the log is kept."
  type        = number
  default     = 30
  validation {
    condition     = contains([1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653], var.log_retention_days)
    error_message = "log_retention_days must be one of 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653."
  }
}

variable "architecture" {
  description = "arm64 costs less. What make deploy built accepts no other than its own."
  type        = string
  default     = "arm64"
  validation {
    condition     = contains(["arm64", "x86_64"], var.architecture)
    error_message = "architecture must be one of arm64, x86_64."
  }
}

variable "kms_key_arn" {
  description = "ARN of your KMS key that encrypts queues, table, logs and the alarms' topic. Its policy needs the statements in docs/operations.md first. Empty for keys that AWS owns."
  type        = string
  default     = ""
}

variable "permissions_boundary_arn" {
  description = "ARN of the managed policy that bounds the permissions of every role, if any."
  type        = string
  default     = ""
}

variable "role_path" {
  description = "Path of every role of this stack, for example /security/."
  type        = string
  default     = "/"
}

variable "reserved_concurrency" {
  description = "How many concurrent invocations are reserved for NotifyFunction, which is its limit, too: at least 3, because the queue uses 2. Empty for none."
  type        = string
  default     = ""
}
