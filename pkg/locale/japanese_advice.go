package locale

import "guardduty-coverage-notifier/pkg/catalog"

func japaneseAdvice() Advice {
	return Advice{
		Issues: map[catalog.ID]Issue{
			// EKS
			"addon-version-incompatible": {
				Title: "エージェントが対応していない Kubernetes バージョン",
				Cause: "クラスターの Kubernetes バージョンが GuardDuty エージェントのアドオンのサポート範囲外のため、アドオンをインストールできませんでした。",
			},
			"addon-replicas-missing": {
				Title: "一部のエージェントポッドが未稼働",
				Cause: "エージェントはすべてのノードで動作する必要がありますが、ポッドの数が EKS の想定より少なくなっています。ポッドのないノードは監視されません。",
			},
			"addon-pods-unschedulable": {
				Title: "エージェントポッドのスケジュール不可",
				Cause: "ノードにエージェントポッドを置く余裕がなく、ポッドの優先度クラスではほかのポッドを退避させることもできません。メッセージにある数は EKS が最初に検出した障害だけを示すもので、ほかのノードではポッドが動作している場合があります。",
			},
			"addon-crashloop-completed": {
				Title: "エージェントポッドが終了と再起動を反復",
				Cause: "エージェントが起動後に自ら終了しています。多くの場合、GuardDuty に接続できないか、この環境が動作の対象外であることが原因です。",
			},
			"addon-crashloop-error": {
				Title: "エージェントポッドがクラッシュを反復",
				Cause: "エージェントが起動後に異常終了しています。多くの場合、前提条件を満たしていないか、GuardDuty エンドポイントの名前を解決できないことが原因です。",
			},
			"addon-admission-denied": {
				Title: "クラスターのアドミッションポリシーがエージェントを拒否",
				Cause: "EKS がエージェントをインストールするためのリクエストを、Kyverno や Gatekeeper などのアドミッションコントローラーが拒否しました。ポリシーの名前は問題のテキストにあります。",
			},
			"addon-configuration-conflict": {
				Title: "エージェントのアドオンと既存オブジェクトの競合",
				Cause: "クラスターにあるエージェントのオブジェクトの設定がアドオンの設定と異なり、EKS は上書きしないように指定されています。",
			},
			"addon-rbac-forbidden": {
				Title: "EKS にエージェントのオブジェクトを作成する権限なし",
				Cause: "EKS がアドオンのインストールに使用するユーザー `eks:addon-manager` に、クラスター内の権限が不足しています。クラスターロールバインディングがないか、変更されています。",
			},
			"addon-gatekeeper-owner-label": {
				Title: "Gatekeeper がエージェントの名前空間に owner ラベルを要求",
				Cause: "Gatekeeper の制約がすべての名前空間にラベルを要求していますが、アドオンは `amazon-guardduty` をラベルなしで作成します。",
			},
			"addon-gatekeeper-image-registry": {
				Title: "Gatekeeper がエージェントのイメージレジストリを拒否",
				Cause: "Gatekeeper の制約がイメージの取得元となるレジストリを限定しており、その中に GuardDuty のレジストリがありません。",
			},
			"addon-issue-other": {
				Title:   "EKS がエージェントのアドオンの問題を報告",
				Cause:   "エージェントのアドオンをインストール、更新、または正常な状態に維持できませんでした。EKS が示した理由は問題のテキストにあります。",
				Precise: "EKS がエージェントのアドオンの問題コード `{code}` を報告しています。詳細は問題のテキストにあります。",
			},
			"addon-removed": {
				Title: "エージェントのアドオンがクラスターから削除済み",
				Cause: "EKS はアドオン `aws-guardduty-agent` を削除済みと報告しています。再びインストールするまで、このクラスターでは何も監視されません。",
			},
			"eks-local-cluster": {
				Title: "Outposts のローカルクラスターはサポート対象外",
				Cause: "AWS Outposts のローカルクラスターでは EKS アドオンを使用できないため、このクラスターはカバーできません。できる対処はありません。",
			},
			"eks-permission-not-granted": {
				Title: "EKS の監視を設定する GuardDuty の権限不足",
				Cause: "GuardDuty が EKS のランタイムモニタリングを有効にする際に、権限が不足していました。AWS が理由を示した場合は、問題のテキストにあります。",
			},
			"eks-provisioning-in-progress": {
				Title: "GuardDuty による EKS の監視の設定が進行中",
				Cause: "クラスターに必要なものをプロビジョニングしているところで、終わるまでステータスは異常のままです。終わるのを待つ以外に必要なことはありません。",
			},
			"eks-authorization-failure": {
				Title: "クラスターのアカウントが GuardDuty を拒否",
				Cause: "GuardDuty のリクエストが認可エラーで失敗したため、GuardDuty はエージェントを管理できませんでした。",
			},

			// ECS
			"ecs-agent-not-reporting": {
				Title:   "一部の Fargate タスクでエージェントの報告が停止",
				Cause:   "あるタスク定義のタスクが動作していますが、エージェントの報告が GuardDuty に届いていません。多くの場合 15 分以内に自然に回復します。回復しない場合は、エージェントが GuardDuty に接続できていません。",
				Precise: "`{task-definition}` のタスクが動作していますが、エージェントの報告が GuardDuty に届いていません。多くの場合 15 分以内に自然に回復します。回復しない場合は、エージェントが GuardDuty に接続できていません。",
			},
			"ecs-task-vpc-issue": {
				Title:   "Fargate タスクの VPC の問題でエージェントが報告不可",
				Cause:   "タスクが動作する VPC に GuardDuty が問題を検出しました。問題の内容は問題のテキストにあります。",
				Precise: "`{task-definition}` のタスクが動作する VPC に GuardDuty が問題を検出しました。問題の内容は問題のテキストにあります。",
			},
			"ecs-agent-exited": {
				Title:   "一部の Fargate タスクでエージェントが終了",
				Cause:   "エージェントのコンテナが終了し、タスクはエージェントなしで動作を続けました。終了コードまたは理由は問題のテキストにあります。",
				Precise: "`{task-definition}` のタスクでエージェントのコンテナが終了し、タスクはエージェントなしで動作を続けました。終了コードまたは理由は問題のテキストにあります。",
			},
			"ecs-image-pull-failed": {
				Title:   "Fargate タスクがエージェントのイメージをプル不可",
				Cause:   "エージェントのイメージを Amazon ECR からプルできませんでした。タスクは監視されないまま動作を続けています。",
				Precise: "`{task-definition}` のタスクがエージェントのイメージを Amazon ECR からプルできませんでした。タスクは監視されないまま動作を続けています。",
			},
			"ecs-unsupported-launcher": {
				Title: "このサービスが起動したタスクは監視の対象外",
				Cause: "問題のテキストにあるサービスが起動したタスクを、GuardDuty はサポートしていません。",
			},
			"ecs-unsupported-architecture": {
				Title: "タスクの CPU アーキテクチャがサポート対象外",
				Cause: "タスク定義が指定する CPU アーキテクチャ向けのエージェントはありません。",
			},
			"ecs-execution-role-missing": {
				Title:   "タスク定義にタスク実行ロールなし",
				Cause:   "タスク実行ロールがないとエージェントのイメージをプルできないため、タスクはエージェントなしで動作します。",
				Precise: "`{task-definition}` にタスク実行ロールがありません。このロールがないとエージェントのイメージをプルできないため、タスクはエージェントなしで動作します。",
			},
			"ecs-network-configuration-missing": {
				Title: "エージェントに必要なネットワーク設定がタスクに不足",
				Cause: "タスクの VPC 設定がないか、サブネットが空です。不足しているものは問題のテキストにあります。",
			},
			"ecs-task-excluded-by-tag": {
				Title:   "クラスターがタグで除外されている間に開始したタスク",
				Cause:   "タスクの開始時にクラスターにタグ `GuardDutyManaged` = `false` が付いていたため、このタスクは動作している間ずっと対象外です。タグが反映されるまでには時間がかかります。",
				Precise: "タスク `{task}` の開始時にクラスターにタグ `GuardDutyManaged` = `false` が付いていたため、このタスクは動作している間ずっと対象外です。タグが反映されるまでには時間がかかります。",
			},
			"ecs-service-excluded-by-tag": {
				Title:   "クラスターがタグで除外されている間にデプロイされたサービス",
				Cause:   "サービスのデプロイ時にクラスターにタグ `GuardDutyManaged` = `false` が付いていたため、次のデプロイまでサービスのタスクは対象外です。タグが反映されるまでには時間がかかります。",
				Precise: "サービス `{service}` のデプロイ時にクラスターにタグ `GuardDutyManaged` = `false` が付いていたため、次のデプロイまでサービスのタスクは対象外です。タグが反映されるまでには時間がかかります。",
			},
			"ecs-task-before-automated-agent": {
				Title: "自動エージェント設定より前に開始したタスク",
				Cause: "GuardDuty はタスクの開始時にエージェントを追加します。このタスクは自動エージェント設定を有効にする前に開始しました。",
			},
			"ecs-service-before-automated-agent": {
				Title:   "自動エージェント設定より前にデプロイされたサービス",
				Cause:   "サービスは自動エージェント設定を有効にする前にデプロイされたため、タスクにエージェントがありません。",
				Precise: "サービス `{service}` は自動エージェント設定を有効にする前にデプロイされたため、タスクにエージェントがありません。",
			},
			"ecs-service-needs-deployment": {
				Title:   "エージェントの追加に新しいデプロイが必要なサービス",
				Cause:   "サービスの動作中のタスクには正常なエージェントがなく、エージェントが追加されるのは新しいタスクだけです。",
				Precise: "サービス `{service}` の動作中のタスクには正常なエージェントがなく、エージェントが追加されるのは新しいタスクだけです。",
			},
			"ecs-task-before-monitoring": {
				Title: "ランタイムモニタリングより前に開始したタスク",
				Cause: "GuardDuty はタスクの開始時にエージェントを追加します。このタスクはランタイムモニタリングを有効にする前に開始しました。",
			},
			"ecs-unidentified": {
				Title:   "一部のタスクがカバーされない原因を GuardDuty が特定できず",
				Cause:   "AWS は原因を特定できない問題を報告しています。デプロイの前後によく発生し、15 分以内に自然に回復します。",
				Precise: "AWS は `{task-definition}` のタスクについて、原因を特定できない問題を報告しています。デプロイの前後によく発生し、15 分以内に自然に回復します。",
			},

			// EC2
			"ec2-waiting-for-ssm": {
				Title: "GuardDuty が Systems Manager からのインスタンスの報告を待機中",
				Cause: "エージェントは Systems Manager を通じてインストールされ、起動から数分かかります。長引く場合、インスタンスは Systems Manager で管理されていません。",
			},
			"ec2-no-agent-reporting": {
				Title: "インスタンスのエージェントから報告なし",
				Cause: "このインスタンスのエージェントからの報告が GuardDuty に届いていません。エージェントがインストールされていない、動作していない、または GuardDuty に接続できない状態です。停止または終了したインスタンスも同じ状態になります。",
			},
			"ec2-agent-disconnected": {
				Title: "インスタンスのエージェントの接続切断",
				Cause: "以前は届いていたエージェントの報告が途絶えました。エージェントの停止、インスタンスの停止、または GuardDuty への経路の遮断が考えられます。",
			},
			"ec2-excluded-by-tag": {
				Title: "タグで除外されたインスタンス",
				Cause: "インスタンスにタグ `GuardDutyManaged` = `false` が付いています。意図したものであれば、対処は不要です。タグが反映されるまでには時間がかかります。",
			},
			"ec2-kernel-too-old": {
				Title: "エージェントのサポート範囲より古いカーネルのインスタンス",
				Cause: "カーネルのバージョンがサポート範囲より古いため、エージェントはインストールされませんでした。",
			},
			"ec2-kernel-too-new": {
				Title: "エージェントのサポート範囲より新しいカーネルのインスタンス",
				Cause: "カーネルのバージョンがサポート範囲より新しいため、エージェントはインストールされませんでした。",
			},
			"ec2-identity-document-unavailable": {
				Title: "インスタンスアイデンティティドキュメントの取得不可",
				Cause: "エージェントはどこで動作しているかをインスタンスアイデンティティドキュメントで証明しますが、インスタンスメタデータサービスから取得できませんでした。EC2 以外のマシンにはこのドキュメントがありません。",
			},
			"ec2-ssm-association-exists": {
				Title: "古い GuardDuty の SSM 関連付けとの競合",
				Cause: "GuardDuty の Systems Manager 関連付けがアカウントにすでにあるため、新しい関連付けを作成できませんでした。この関連付けによるエージェントのインストールは、どのインスタンスでも行われません。",
			},
			"ec2-ssm-association-quota": {
				Title: "アカウントの SSM 関連付けの数が上限に到達",
				Cause: "Systems Manager の関連付けのクォータに達しているため、GuardDuty はエージェントをインストールする関連付けを作成できませんでした。",
			},
			"ec2-ssm-association-missing": {
				Title: "GuardDuty の SSM 関連付けの更新失敗",
				Cause: "エージェントのインストールを維持する Systems Manager の関連付けがアカウントにありません。おそらく誰かが削除しています。",
			},
			"ec2-ssm-association-deletion-failed": {
				Title: "GuardDuty の SSM 関連付けはすでに削除済み",
				Cause: "GuardDuty が Systems Manager の関連付けを削除しようとしましたが、見つかりませんでした。意図して削除したものであれば、対処は不要です。",
			},
			"ec2-ssm-association-execution-failed": {
				Title: "Systems Manager によるエージェントのインストール失敗",
				Cause: "インスタンスで関連付けの実行が失敗しました。オペレーティングシステム、カーネル、またはアーキテクチャがエージェントの要件を満たしていないか、ほかの前提条件が不足しています。",
			},
			"ec2-agent-not-reporting-retired": {
				Title: "エージェントから報告なし (AWS が廃止した問題タイプ)",
				Cause: "AWS がインスタンスにエージェントを自動でデプロイできなかった頃の問題で、ランタイムモニタリングを設定し直すまで残ります。",
			},
			"ec2-image-pull-failed": {
				Title: "インスタンスがエージェントのイメージをプル不可",
				Cause: "Bottlerocket ではエージェントはホストコンテナとして動作しますが、そのイメージを Amazon ECR からプルできませんでした。",
			},

			// several kinds
			"vpc-endpoint-shared-vpc-unsupported": {
				Title: "GuardDuty が共有 VPC にエンドポイントを作成不可",
				Cause: "リソースは別のアカウントが共有する VPC で動作しています。この構成は、同じ組織内で前提条件を満たす場合にサポートされます。",
			},
			"vpc-endpoint-shared-vpc-owner-not-enabled": {
				Title:   "共有 VPC の所有者が GuardDuty エージェントを未有効化",
				Cause:   "エンドポイントは共有 VPC を所有するアカウントに作成されますが、そのアカウントでランタイムモニタリングまたは自動エージェント設定が無効になっています。",
				Precise: "エンドポイントは共有 VPC を所有するアカウント {owner} に作成されますが、そのアカウントでランタイムモニタリングまたは自動エージェント設定が無効になっています。",
			},
			"vpc-endpoint-private-dns": {
				Title:   "VPC の DNS 設定により GuardDuty エンドポイントを作成不可",
				Cause:   "GuardDuty エンドポイントにはプライベート DNS が必要で、そのためには VPC の `enableDnsSupport` と `enableDnsHostnames` の両方が有効でなければなりません。",
				Precise: "GuardDuty エンドポイントにはプライベート DNS が必要で、そのためには `{vpc}` の `enableDnsSupport` と `enableDnsHostnames` の両方が有効でなければなりません。",
			},
			"vpc-endpoint-creation-failed": {
				Title: "GuardDuty の VPC エンドポイントの作成失敗",
				Cause: "VPC にエンドポイントがないと、エージェントは報告できません。AWS が理由を示した場合は、問題のテキストにあります。",
			},
			"shared-vpc-endpoint-deletion-refused": {
				Title:   "共有 VPC のエンドポイントを削除できるのは所有者のみ",
				Cause:   "共有 VPC を使用するアカウントで GuardDuty が無効になりましたが、エンドポイントは所有者のアカウントにあり、そのまま残ります。",
				Precise: "共有 VPC を使用するアカウントで GuardDuty が無効になりましたが、エンドポイントは所有者のアカウント {owner} にあり、そのまま残ります。",
			},
			catalog.Unrecognised: {
				Title: "この通知ツールが認識できない問題を GuardDuty が報告",
				Cause: "AWS が示した理由は、この通知ツールのカタログにありません。届いたままのテキストを以下に示します。",
			},
			catalog.NoReason: {
				Title: "GuardDuty から理由の提示なし",
				Cause: "カバレッジが失われましたが、AWS は理由を示していません。これはよくあることです。リソースの停止やゼロへのスケールイン、またはまだ反映されていないタグ `GuardDutyManaged` が原因の場合があります。",
			},
		},
		Steps: map[catalog.StepID]string{
			// coverage, endpoint and tags
			"verify-coverage":  "ステータスが再び `HEALTHY` になったことを確認します。15 分ほどかかることがあります。",
			"look-at-coverage": "まだ `UNHEALTHY` かどうかを確認します。すでに `HEALTHY` であれば、対処は不要です。",
			"look-at-endpoint": "VPC の `guardduty-data` エンドポイントが利用可能で、プライベート DNS が有効であり、VPC からのポート 443 を許可していることを確認します。また、エンドポイントポリシー、SCP、アクセス許可の境界のいずれも `guardduty:SendSecurityTelemetry` を拒否していないことを確認します。",
			"look-at-tag":      "タグ `GuardDutyManaged` がリソースを対象に含めているか、除外しているかを確認します。",
			"retag":            "タグを使用していて効果がないように見える場合は、`GuardDutyManaged` を削除して付け直します。タグが認識されるまでには時間がかかりますが、付け直すと早まります。",
			"hurry-retry":      "タグ `GuardDutyManaged` を追加または変更して、GuardDuty の再試行を早めます (インスタンスの停止と起動でも同じ効果があります)。",

			// shared VPCs and the endpoint
			"look-at-vpc-owner":             "VPC を所有するアカウントを確認します。",
			"meet-shared-vpc-prerequisites": "共有 VPC の前提条件を満たします。両方のアカウントが同じ組織に属し、所有者のアカウントでランタイムモニタリングと自動エージェント設定が有効である必要があります。",
			"look-at-features-in-owner":     "VPC を所有するアカウントの認証情報で、ランタイムモニタリングとその自動エージェント設定が有効かどうかを確認します。",
			"enable-in-owner":               "所有者のアカウントで、EKS と ECS on Fargate の少なくとも一方について、ランタイムモニタリングと自動エージェント設定を有効にします (組織では、GuardDuty の委任された管理者アカウントで行います)。",
			"decide-on-shared-endpoint":     "エンドポイントを削除する必要があるかどうかを判断します。ほかのアカウントがその VPC を使用している場合があり、このアカウントの設定を変更してもエンドポイントには影響しません。",
			"disable-in-owner":              "削除が必要な場合は、所有者のアカウントでランタイムモニタリングまたは自動エージェント設定を無効にします。",
			"look-at-dns-attributes":        "VPC の 2 つの DNS 属性のうち、無効になっているものを確認します。",
			"enable-dns-attributes":         "両方を有効にします (VPC を所有するアカウントで行います)。",
			"read-issue-for-reason":         "問題のテキストにある理由を読み、原因を取り除きます。よくある原因は、クォータ、権限、サブネットの IP アドレス不足です。",
			"look-at-endpoint-denials":      "テキストに理由がない場合は、CloudTrail でエラーを探します。",

			// nothing known
			"read-raw-issue":        "問題のテキストを読みます。多くの場合、何が問題なのかを AWS が示しています。",
			"look-at-cluster-addon": "EKS クラスターのエージェントのアドオンを確認します。エージェントは、このアドオンによって各ノードのポッドとして動作します。",
			"look-at-instance":      "インスタンスがまだ動作しているかどうかを確認します。意図して停止または終了したインスタンスであれば、対処は不要です。",
			"look-at-services":      "クラスターで何かが動作しているかどうかを確認します。タスクがなければ、対処は不要です。コンテナインスタンスの問題は、EC2 インスタンスとして通知されます。",
			"look-at-documentation": "AWS の問題の一覧を確認します。この通知ツールより新しい場合があります。",

			// the EKS add-on
			"look-at-cluster-version":     "クラスターの Kubernetes バージョンを確認します。",
			"compare-addon-versions":      "エージェントがサポートするバージョンと比較します。",
			"upgrade-cluster":             "クラスターをサポート対象のバージョンにアップグレードします。その後、GuardDuty がエージェントを再びインストールします (手動管理の場合は、ご自身でインストールしてください)。",
			"look-at-addon":               "アドオンについての EKS の報告を確認します。",
			"verify-addon":                "アドオンが `ACTIVE` で、問題がないことを確認します。",
			"look-at-pods":                "動作しているエージェントポッドと、動作していないエージェントポッドを確認します。ノード数をゼロにスケールインしたクラスターであれば、対処は不要です。",
			"describe-pods":               "動作していないポッドの理由を調べ、原因を取り除きます。",
			"read-pod-logs":               "失敗しているエージェントポッドのログを読みます。ノードのオペレーティングシステムと Kubernetes バージョンもサポート対象である必要があります。",
			"retry-addon":                 "EKS に再試行させます (作成に失敗したアドオンは、削除して作成し直す必要がある場合があります)。",
			"look-at-addon-configuration": "アドオンの設定を確認します。優先度クラスの設定には、アドオンのバージョン 1.5.0 以降が必要です。",
			"raise-priority":              "ほかのポッドを退避させることができる優先度クラスをエージェントに設定します。設定全体が置き換えられるため、前のコマンドで表示された値も含めてください。",
			"or-make-room":                "または、空きを作ります。ノードを追加するか、ポッド数の上限に達している場合はより大きなノードを使用します。",
			"look-at-features":            "アカウントでランタイムモニタリング、または以前の EKS ランタイムモニタリングが有効かどうかを確認します。",
			"resolve-endpoint":            "クラスター内から、エンドポイントの名前がプライベートアドレスに解決されることを確認します。",
			"list-admission-webhooks":     "問題のテキストにあるアドミッションコントローラーを見つけます。",
			"except-agent-from-policy":    "名前空間 `amazon-guardduty` に対する EKS のリクエストを許可するようにポリシーを変更するか、コントローラーを無効にします。",
			"overwrite-addon":             "競合する設定を EKS に上書きさせます。",
			"or-reinstall-addon":          "うまくいかない場合は、アドオンを削除して再びインストールします。",
			"look-at-addon-binding":       "クラスターロールバインディングが存在し、ユーザー `eks:addon-manager` を指定していることを確認します。",
			"create-addon-binding":        "存在しない場合は作成します (誤ったものがある場合は、先に削除します)。",
			"look-at-constraints":         "問題のテキストの角括弧内にある Gatekeeper の制約を見つけます。",
			"label-namespace":             "ラベル付きの名前空間を事前に作成します。`security` はチームの名前に置き換えてください。",
			"or-except-namespace":         "または、名前空間 `amazon-guardduty` を制約の対象から除外します。",
			"allow-registry":              "以下のページにあるリージョンの GuardDuty レジストリを、制約で許可するレジストリに追加します。",
			"look-up-addon-code":          "コードの意味を調べ、原因を取り除きます。",
			"see-who-removed-addon":       "アドオンを削除したユーザーを確認します。意図した削除であれば、対処は不要です。",
			"install-addon":               "アドオンを再びインストールします (自動エージェント設定では、タグでクラスターが除外されていない限り、GuardDuty がインストールします)。",
			"mend-named-cause":            "問題のテキストに、拒否された権限などの原因がある場合は、先にそれを取り除きます。",
			"turn-off-eks-agent":          "EKS の自動エージェント設定を無効にします (以前の EKS ランタイムモニタリングが有効な場合は、代わりにそれを無効にします)。組織では、GuardDuty の委任された管理者アカウントで行います。",
			"turn-on-eks-agent":           "数分後に再び有効にします。",

			// ECS
			"look-at-tasks":                 "タスクのどのコンテナが動作していて、ほかのコンテナがなぜ動作していないかを確認します。エージェントの名前は `aws-gd-agent` または `aws-guardduty-agent` で始まります。",
			"read-issue-for-vpc":            "問題のテキストで VPC の問題を確認し、修正します。",
			"look-at-subnets":               "サービスが使用するサブネットとセキュリティグループを確認します。ポート 443 でエンドポイントに接続できる必要があります。",
			"read-issue-for-exit":           "問題のテキストにある終了コードまたは理由を確認します。137 は、多くの場合タスクのメモリ不足を意味します。",
			"mend-and-relaunch":             "タスクのメモリを増やすなどして原因を取り除き、タスクを入れ替えます。",
			"allow-execution-role-to-pull":  "タスク実行ロールに、`AmazonECSTaskExecutionRolePolicy` と同様に ECR からのプルが許可されていることを確認します。",
			"give-route-to-ecr":             "サブネットがインターネットまたは以下のエンドポイントを経由して ECR に接続できること、セキュリティグループが S3 のプレフィックスリストへのポート 443 のアウトバウンドを許可していることを確認します。",
			"run-pull-runbook":              "AWS のランブックで原因を調べます。",
			"redeploy-or-relaunch":          "動作中のタスクにエージェントが後から追加されることはないため、タスクを入れ替えます。サービスを一覧表示し、該当するサービスで `aws ecs update-service --force-new-deployment` を実行します。単独のタスクは、停止してから再び開始します。",
			"start-tasks-differently":       "監視が必要なタスクは、サポート対象のサービスから開始します。",
			"or-exclude-cluster":            "クラスターにほかのタスクがない場合は、クラスターを除外すると、この通知を止められます。",
			"look-at-architecture":          "タスク定義が指定するアーキテクチャを確認します。",
			"change-architecture":           "サポート対象のアーキテクチャで新しいリビジョンを登録します。サポート対象は以下のページにあります。",
			"look-at-execution-role":        "タスク定義にタスク実行ロールがないことを確認します (結果は `None` になります)。",
			"add-execution-role":            "ECR からのプルが許可されたタスク実行ロールを指定して、新しいリビジョンを登録します。",
			"look-at-network-configuration": "サブネットのないサービスを確認します。",
			"add-network-configuration":     "サービスまたはタスクに、サブネットとセキュリティグループを含む VPC 設定を追加します。",
			"include-cluster":               "クラスターをカバーする場合は、タグで対象に含めます。タグが反映されるまでには数分かかります。",
			"look-at-task":                  "タスクを何がいつ開始したかを確認します。",
			"relaunch-task":                 "タスクを停止し、元と同じ方法で再び開始します。サービスのタスクは自動で開始されます。",
			"look-at-service":               "サービスが最後にデプロイされた日時を確認します。",
			"redeploy-service":              "新しいデプロイを強制します。タスクは順に入れ替わります。",
			"ask-why-unidentified":          "問題が続くタスクが、ランタイムモニタリングより前に開始したもの、クラスターが除外されている間に開始したもの、ARN にクラスター名がないもの (古い形式はサポートされません) ではないかを確認します。",

			// EC2
			"look-at-ssm":                   "Systems Manager がインスタンスを管理していて、ping ステータスが `Online` であることを確認します。結果が空の場合は管理されていません。インスタンスに SSM Agent、ロール、ネットワーク経路が必要です。",
			"look-at-associations":          "GuardDuty の関連付けが存在するかどうかと、前回の実行結果を確認します。",
			"see-association-again":         "関連付けが再び存在することを確認します。",
			"install-agent":                 "エージェントがインスタンス上で (EKS ノードではポッドとして) 動作しているかどうかを確認します。手動でデプロイする場合は、以下のページに従ってインストールします。",
			"look-at-agent":                 "エージェントの状態を確認します。インスタンスではログが `/var/log/amzn-guardduty-agent/` にあり、EKS ノードではポッドとして動作しています。",
			"restart-agent":                 "エージェントを再起動します。インスタンスではサービスとして、EKS ノードでは DaemonSet として再起動します (EKS 以外の Bottlerocket ではホストコンテナのため、インスタンスを再起動します)。",
			"include-instance":              "インスタンスをカバーする場合は、タグを削除します。",
			"look-at-kernel":                "インスタンスでカーネルのバージョンを確認し、サポート対象と比較します。",
			"upgrade-kernel":                "カーネルを更新するか、より新しいイメージに移行します。",
			"downgrade-kernel":              "エージェントがこのカーネルに対応するまで、サポート対象のカーネルで起動するか、それを含むイメージを使用します。",
			"restart-instance":              "中断しても問題のないときに、インスタンスを再起動します。",
			"look-at-metadata-options":      "動作中の EC2 インスタンスであり、`HttpEndpoint` が `enabled` であることを確認します。",
			"enable-metadata-service":       "有効でない場合は、インスタンスメタデータサービスを有効にします。",
			"fetch-identity-document":       "インスタンスでアイデンティティドキュメントを取得します。結果は JSON になるはずです。",
			"delete-association":            "古い関連付けを削除します。",
			"turn-off-ec2-agent":            "EC2 の自動エージェント設定を無効にします。組織では、GuardDuty の委任された管理者アカウントで行います。",
			"turn-on-ec2-agent":             "EC2 の自動エージェント設定を有効にします。",
			"count-associations":            "関連付けを、最後の実行が古い順に一覧表示します。",
			"delete-unused-associations":    "不要なものを `aws ssm delete-association` で削除します。",
			"or-raise-quota":                "または、クォータの引き上げをリクエストします。GuardDuty は自動で再試行します。",
			"turn-monitoring-off-and-on":    "GuardDuty コンソールでランタイムモニタリングを無効にしてから再び有効にし (組織では、委任された管理者アカウントで行います)、以下のコマンドで表示される設定を元に戻します。その間、アカウントのどのリソースもカバーされません。",
			"accept-deletion":               "意図して関連付けを削除した場合、対処は不要です。",
			"look-at-instance-association":  "インスタンスで関連付けが失敗した理由を確認します。",
			"look-at-executions":            "最近の実行結果を確認します。",
			"compare-prerequisites":         "インスタンスのオペレーティングシステムをサポート対象と比較します。",
			"run-association-again":         "原因を取り除いた後、関連付けを再び実行します。",
			"or-turn-monitoring-off-and-on": "すでに有効な場合、またはエージェントを手動でデプロイしている場合は、ランタイムモニタリングを数分間無効にしてから再び有効にします。その間、アカウントのどのリソースもカバーされません。",
			"allow-instance-to-pull":        "インスタンスのロールに ECR からのプルが許可されていることを確認します。`null` の場合、ロールがありません。",
			"give-instance-route-to-ecr":    "サブネットがインターネットまたは以下のエンドポイントを経由して、ポート 443 で ECR に接続できることを確認します。",

			// what a look at the live resource found
			"wait-for-cluster":       "クラスターの状態の理由を確認します。`ACTIVE` になると、GuardDuty がカバーします。",
			"include-eks-cluster":    "クラスターをカバーする場合は、タグを削除します。",
			"update-addon":           "アドオンを、クラスターで使用できる最新のバージョンに更新します (GuardDuty が管理するアドオンは、GuardDuty が更新します)。",
			"wait-for-node":          "動作中のノードがない間、対処は不要です。次のノードが起動すると、エージェントも自動で動作します。動作しているはずのノードがないかどうかを確認します。",
			"leave-fargate":          "ランタイムモニタリングは EKS on Fargate をカバーしません。クラスターを今後も Fargate のみで使用する場合は、除外すると、この通知を止められます。",
			"create-endpoint":        "自動エージェント設定では、GuardDuty が再試行の際にエンドポイントを作成します。エージェントを手動でデプロイする場合は、エンドポイントを作成し、そのセキュリティグループで VPC からのポート 443 を許可します。",
			"mend-endpoint":          "エンドポイントを利用できない理由を確認します。作成中の場合は、数分待ちます。失敗または拒否された場合は、作成し直すために削除する必要があります。",
			"enable-private-dns":     "エンドポイントのプライベート DNS を有効にします。",
			"let-in-https":           "セキュリティグループで、VPC からのポート 443 のインバウンドを許可します。",
			"leave-windows":          "ランタイムモニタリングは Windows をカバーしません。インスタンスを除外すると、この通知を止められます。",
			"restart-ssm-agent":      "インスタンスで SSM Agent を再起動し、Systems Manager に接続できることを確認します。",
			"register-in-ssm":        "インスタンスを Systems Manager の管理対象にします。SSM Agent、`AmazonSSMManagedInstanceCore` と同様の権限を持つロール、Systems Manager へのネットワーク経路が必要です。まず、インスタンスのロールを確認します。",
			"see-why-nothing-runs":   "何も動作していない理由を確認します。意図したものであれば、対処は不要です。",
			"accept-missing-service": "意図してサービスを削除した場合、対処は不要です。現在あるサービスを確認します。",
			"enable-guardduty":       "アカウントで GuardDuty を有効にし、続いてランタイムモニタリングを有効にします。組織では、GuardDuty の委任された管理者アカウントで行います。",
			"resume-guardduty":       "GuardDuty を再び有効にします。組織では、GuardDuty の委任された管理者アカウントで行います。",
			"turn-on-monitoring":     "ランタイムモニタリングを有効にします。組織では、GuardDuty の委任された管理者アカウントで行います。",
			"have-agent-managed":     "自動エージェント設定を有効にして GuardDuty にエージェントをインストールさせるか (組織では、委任された管理者アカウントで行います)、手動でインストールします。",
		},
		Pages: map[string]string{
			catalog.EKSPage:                "EKS クラスターのカバレッジの問題",
			catalog.EndpointPage:           "VPC エンドポイントの確認",
			catalog.SharedVPCPage:          "共有 VPC の前提条件",
			catalog.KubernetesVersionsPage: "サポート対象の Kubernetes バージョン",
			catalog.AddonParametersPage:    "エージェントのアドオンの設定",
			catalog.RegistriesPage:         "エージェントのイメージのレジストリ",
			catalog.AddonIssuePage:         "EKS アドオンの問題コード",
			catalog.ECSArchitecturesPage:   "Fargate でサポート対象のアーキテクチャ",
			catalog.ECSPrerequisitesPage:   "Fargate の前提条件",
			catalog.EC2ArchitecturesPage:   "サポート対象のオペレーティングシステムとカーネル",
			catalog.ManualAgentPage:        "エージェントの手動デプロイ",
			catalog.BottlerocketPage:       "ECS の Bottlerocket のカバレッジの問題",
		},
	}
}
