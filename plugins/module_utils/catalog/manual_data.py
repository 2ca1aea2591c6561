# Copyright (c) 2026 msys.momentum contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Data of manual.py. Generated from modules.tsv and options.tsv by tools/catalog/generate.py: change it there."""

MODULES = """
ac_auth~3.6.5;4.2~~~
adaptive~3.0;4.0~~~4/modules/4-adaptive ad_response_rule_series_prefix adaptive_cache_size adaptive_cache_ttl
 adaptive_manage_options adaptive_stats_period adaptive_unmanage_options backing_store_connect_timeout
 backing_store_timeout backstore_job_concurrency binding_domain_cache_max_ttl binding_domain_cache_size
 bounce_sweep_interval data_store data_store_sync_interval datasource_name enable_bounce_stats enable_fbl_stats
 enable_jlog enable_logging fbl_stats_monitor fbl_stats_series fbl_total_series force_max_binding_age@4.4 jlog_file
 log_base operational_log_level outbound_throttle_messages_monitor outbound_throttle_messages_series
 read_cache_after_suspension@4.8 split_logs_by_binding suspend_sweep_interval
alerting~3.0;4.0~~~ alerting_cache_size alerting_cache_ttl
alias~3.0;4.0~~~ cache column map query scheme
antivirus~3.0;4.0~~~4/modules/4-antivirus action cache_size clamav context_variable csapi daemon error_code file_base
 max_concurrency mime_decompose paranoid pool skip_context_variable timeout use_wire_rep
apn~3.5.4;4.0~~~3/3-push/apns-modules
apn_logger~3.5.4;4.0~~~3/3-push/apns-modules-apn-logger concurrency heartbeat log_delivery log_delivery_format
 log_heartbeat_format log_permfail log_permfail_format log_tempfail log_tempfail_format logfile logmode namespace
 thread_pool
as_logger~3.0;4.0~~~ base_dir log_interval series_exclude series_include series_include_default
auth_ds~3.0;4.0~~~ allow authenticate authorization cache enumgroups group_column map password_column query querygroups
 returns_password role scheme type type_column type_map
auth_radius~3.0;4.0~~~ host map max_tries nas-identifier nas-ip-address password secret server:* server timeout username
 username_domain username_localpart
av_fsecure~~~4.0?~3/3-reference/modules-fsecure action context_variable daemon file_base paranoid skip_context_variable
 timeout
beik~3.0;4.0~~~ accum_pool bmiconfig_path header_padding scan_pool use_wire_rep
bind_address_secondary~3.6.10;4.2~~~
bounce_classifier~3.0~3.0~4.0?~3/3-reference/modules-bounce-classifier custom_classes enable_system_updates refresh
 system_mdn_classification_override system_smtp_classification_override user_mdn_classification_override
 user_smtp_classification_override
bounce_classifier_override~3.1;4.0~~~ custom_classes enable_system_updates refresh system_mdn_classification_override
 system_smtp_classification_override user_mdn_classification_override user_smtp_classification_override
bounce_logger~3.0;4.0~~~ bouncelog bouncelog_mode heartbeat log_inband_bounces log_outofband_bounces
 log_transient_failures
brightmail~3.0;4.0~~~ idle_timeout max_messages_per_connection max_size max_tries num_workers server sieve_mode
 sieve_prefix timeout
bzip2io~3.0;4.0~~~4/modules/compress-spool
cassandra_client~~~~4/config/ref-msg-gen-conf uri
chunk_logger~3.6.5;4.2~~~ add_newline destination timestamp_format
cidrdb~3.0;4.0~~~
clamav~3.0;4.0~~~ action cache_size context_variable daemon error_code file_base max_concurrency mime_decompose paranoid
 pool skip_context_variable timeout use_wire_rep
cloudmark~3.0;4.0~~~ max_body_length minimumscore use_wire_rep
cluster~3.0;4.0~~~4/modules/4-modules-cluster arp_all_hosts cidrmask cluster_group control_group
 duravip_balance_set_size heartbeat_start_delay heartbeats_per_sec if_check_interval if_down_limit interface
 log_active_interval log_group log_idle_interval logs mbus_daemon nodeaddr nodename parameters replicate subcluster
 topology type unconditional_rebind view_balance_interval view_broadcast_interval view_mature_time
commtouch_ctasd~3.0;4.0~~~4/modules/commtouch concurrency host port
compress_spool~3.0;4.0~~~ compress minimum_size read_only
conntrol~3.0;4.0~~~ banner disconnect_ratware pause_time
csapi~3.0;4.0~~~ action cache_size context_variable error_code file_base max_concurrency
 max_cumulative_extract_size@3.5.1 max_extract_depth max_extract_size max_extract_time max_file_count mime_decompose
 paranoid pool prefer_mem scanner_log scanner_path skip_context_variable timeout update_interval use_wire_rep
curfew~5.3~~~ schedule_file timezone
custom_bounce_logger~3.6.5;4.2~~~ bouncelog bouncelog_mode heartbeat log_inband_bounces log_outofband_bounces
 log_transient_failures user_string
custom_logger~3.0;4.0~~~ concurrency delivery_format delivery_log_mode delivery_logfile log_deliveries log_errors
 log_permanent_failures log_receptions log_rejections@3.5 log_transient_failures mainlog mainlog_mode namespace paniclog
 paniclog_mode permanent_failure_format permanent_failure_log_mode permanent_failure_logfile reception_format
 reception_log_mode reception_logfile rejection_format@3.5 rejection_log_mode@3.5 rejection_logfile@3.5 sanitize
 thread_pool transient_failure_format transient_failure_log_mode transient_failure_logfile xfer_format xfer_log_mode
 xfer_logfile
dane~4.8~~~
datasource~~~~4/modules/ds-core bindname cache_life cache_size connection_cache_life connection_cache_size max_rows
 no_cache pool serialized uri x-bindpw x-connect-timeout x-disable-connection-cache x-ignore-referrals x-ldap-version
 x-return-dn x-search-timeout
delay_dsn~3.0;4.0~~~
dk_sign~3.0;4.0~~~4/modules/domainkeys base_domain canon digest dk_domain headerlist key keycache_size neg_keycache_ttl
 pos_keycache_ttl selector sign_condition
dk_validate~3.0;4.0~~~4/modules/domainkeys base_domain canon digest headerlist key keycache_size neg_keycache_ttl
 pos_keycache_ttl selector sign_condition
dkim2~5.3~~~4/dkim2
dkim_sign~3.0;4.0~~~4/modules/opendkim base_domain body_canon body_length_limit copy_headers digest dk_domain
 dkim_domain header_canon headerlist identity key keycache_size lifetime neg_keycache_ttl oversign_headerlist
 pos_keycache_ttl selector sign_condition skip_headerlist testing
dkim_validate~3.0;4.0~~~4/modules/opendkim base_domain body_canon body_length_limit copy_headers digest dkim_domain
 header_canon headerlist identity key keycache_size lifetime neg_keycache_ttl oversign_headerlist pos_keycache_ttl
 selector sign_condition skip_headerlist testing
dnsbuf~3.6.5;4.2~4.8~~ interval rcvbuf_size sndbuf_size
ds_core~3.0;4.0~~~
ds_ldap~~~~4/modules/ds-core connection_cache_life connection_cache_size
ec_logger~3.0;4.0~~~ acctlog acctlog_log_mode acctlog_mode heartbeat importlog importlog_mode log_deliveries log_errors
 log_permanent_failures log_receptions log_rejections log_transient_failures mainlog mainlog_mode paniclog paniclog_mode
 rejectlog rejectlog_mode
eleven~3.1;4.0~~~ enable_antivir license servers update_period work_dir
engagement_tracker~~~~4/modules/engage-tracker click_tracking_include_metadata max_metadata_len@4.2
event_hose~4.2~~~manuals/enabling-webhooks host port skip_events tls_ca tls_certificate tls_key use_tls
event_hydrant~~~~ concurrency cust_prefix jlog_filename log_click log_conversion log_delivery log_genfail
 log_genrejection log_inband_bounce log_open log_outofband_bounce log_reception log_rejection log_tempfail write_jlog
exim_logger~3.0;4.0~~~ log_transient_failures mainlog paniclog
fbl~3.0;4.0~~~ addresses auto_log condition header_name log_path message_disposition user_string
fingerprint~3.0;4.0~~~4/modules/host-fingerprint max_cache_size
gcm~3.5.4;4.0~~~3/3-push/push-gcm-modules
gcm_logger~3.5.4;4.0~~~3/3-push/push-modules-gcm-logger concurrency heartbeat log_delivery log_delivery_format
 log_heartbeat_format log_permfail log_permfail_format log_tempfail log_tempfail_format logfile logmode namespace
 thread_pool
gzipio~3.0;4.0~~~4/modules/compress-spool
ha_proxy_client~~~~ health_check_failure_threshold health_check_interval health_check_success_threshold
 health_check_timeout
http_io~3.0~~4.0?~3/3-reference/modules-httpio
http_logger~~~~ log
httpsrv~3.1;4.0~~~3/3-rest/rest-configuring
icu~3.0;4.0~~~
ilf_logger~3.5.6;4.0~~~ filename_format write_interval
imageanalyzer~3.0~~4.0?~3/3-reference/modules-imageanalyzer engine_sensitivity threshold_highly_suspect
 threshold_suspect
inbound_audit~3.0;4.0~~~ log_dir maintenance_interval monitors serialize_dir
ipv6_lookup~3.6.10;4.2~~~4/modules/ipv-6-lookup
jlog~3.0;4.0~~~
mail_loop~3.0;4.0~~~ max_received_headers use_ip
maildir~3.0;4.0~~~ all_domains basedir create_users createusers dirmode domain domain_in_path domains filemode
mm7~3.1;4.0~~~mobile/mobile-reference/mobility-mm-7-mms-bounce-logger
mm7_serv~3.1;4.0~~~mobile/mobile-reference/mobility-mm-7 mm7_server_default_email_from_address
 mm7_server_default_email_from_domain mm7_server_default_email_to_address mm7_server_default_email_to_domain
 mm7_server_version mm7_vasp_uri_paths
mms_bounce_logger~3.1;4.0~~~mobile/mobile-reference/mobility-mm-7-mms-bounce-logger bounce_concurrency bounce_logfile
 bounce_logmode bounce_namespace bounce_thread_pool heartbeat log_bounce_heartbeat_format log_bounce_inband
 log_bounce_inband_format log_bounce_outband log_bounce_outband_format log_bounce_transient log_bounce_transient_format
mms_logger~3.1;4.0~~~mobile/mobile-reference/mobility-mm-7-mms-logger concurrency heartbeat log_conversion
 log_conversion_format log_delivery log_delivery_format log_heartbeat_format log_permfail log_permfail_format
 log_reception log_reception_format log_status log_status_format log_tempfail log_tempfail_format logfile logmode
 namespace thread_pool
msg_gen~~~~ click_tracking_enabled click_tracking_scheme cluster_cfg engagement_tracking_host gen_count
 gen_transactional_threads mta_id node open_tracking_enabled open_tracking_scheme quorum scheduled_interval_delete
 scheduled_send start_time_max_schedule_interval votes
msgc_client~3.4;4.0~~~4/modules/msgc bind_address connect_timeout idle_timeout keepalive_interval max_backlog
 messages_per_iter reconnect_interval server tcpbuf_size
msgc_server~3.4;4.0~~~4/modules/msgc connect_timeout idle_timeout keepalive_interval max_backlog messages_per_iter peers
 port reconnect_interval tcpbuf_size
mstore~~~~mobile/mobile-reference/mobility-message-retry servers
mxip~3.6.5;4.2~~~ ttl
openarc~5.0~~~
opendkim~3.6;4.0~~~ base_domain body_canon body_length_limit copy_headers digest dkim_domain header_canon headerlist
 identity key keycache_size lifetime neg_keycache_ttl oversign_headerlist pos_keycache_ttl selector sign_condition
 skip_headerlist testing
outbound_audit~3.0;4.0~~~ domainlist monitor_domains monitors threshold
outbound_smtp_auth~3.6.12;4.2~~~
outbound_smtp_auth_v0~~5.1~~4/modules/outbound-smtp-auth_v0
pe2_logger~~~4.0?~3/3-reference/modules-pe-2-logger batch_interval default_ident filename_template
 suppress_delivery_logs timestamp_format
persist_io~3.0;4.0~~~4/modules/persistio dirmode filemode persist_path
pipe_io~3.0;4.0~~~4/modules/pipeio arg# clear_env env# error_file error_mode output_file output_mode reinvoke
 shutdown_on_failure timeout
pipe_transport~3.0;4.0~~~ code domain error_file output_file program_name
postfix_logger~3.0;4.0~~~ log_transient_failures mainlog paniclog
reception_timing~3.6.6;4.2~~~
reception_timing_logger~3.6.6;4.2~~~4/modules/reception-timing
response_transcode~3.0;4.0~~~
restinjector~3.1;4.0~~~3/3-rest/rest-configuring dot_stuff
sched~3.0;4.0~~~ backing_store
scriptlet~3.0;4.0~~~ always_gc gc_every gc_pause gc_step_on_recycle gc_step_on_trash_state gc_stepmul gc_threadpool
 gc_trace_thresh global_trace_interval max_spare_per_master max_uses_per_thread pin_thread_for_completion_in_event_loop
 reap_interval script_ttl script source use_reusable_thread warn_on_log_gc@4.3.0
securecreds~3.2;4.0~~~ credentials key
seedlist~3.0;4.0~~~ cache_name insert_campaign_header mail_from match_header match_verp no_seed_condition pattern
 schema_name seedlist_file
senderid~3.0;4.0~~~4/modules/spf add_authentication_results add_headers context_pra_variable context_variable
 default_pra_rule default_rule delay_check@5.0 fail_code fail_fallback_string nxdomain_code nxdomain_override_string
 pass_code permerror_code softfail_code softfail_fallback_string temperror_override_string unknown_code
sendmail_logger~3.0;4.0~~~ mainlog paniclog
sieve~~~4.0?~3/3-reference/modules-sieve async hook pool return script source
sievelib~~~4.0?~3/3-reference/modules-sievelib
smpp~3.0;4.0~~~mobile/mobile-reference/momentum-mobility
smpp_bounce_logger~3.0;4.0~~~mobile/mobile-reference/modules-mobility-smpp-bounce-logger bounce_concurrency
 bounce_logfile bounce_logmode bounce_namespace bounce_thread_pool heartbeat log_bounce_heartbeat_format
 log_bounce_inband log_bounce_inband_format log_bounce_outband log_bounce_outband_format log_bounce_transient
 log_bounce_transient_format
smpp_logger~3.0;4.0~~~mobile/mobile-reference/mobility-configuration-smpp concurrency log_conversion
 log_conversion_format log_delivery log_delivery_format log_permfail log_permfail_format log_reception
 log_reception_format log_status log_status_format log_tempfail log_tempfail_format logfile logmode namespace
 thread_pool
smtp_auth_proxy~3.6.5;4.2~~~ ds_cache host port query timeout
smtp_cbv~3.0;4.0~~~ mailfrom map phase
smtp_rcptto_proxy~3.6.5;4.2~~~
smtpapi~~~~
spamassassin~5.0~~~ daemon max_size timeout
spf_macros~3.0;4.0~~~4/modules/spf
spf_v1~3.0;4.0~~~4/modules/spf add_authentication_results add_headers context_pra_variable context_variable
 default_pra_rule default_rule delay_check@5.0 fail_code fail_fallback_string nxdomain_code nxdomain_override_string
 pass_code permerror_code softfail_code softfail_fallback_string temperror_override_string unknown_code
static_routes~3.6.5;4.2~~~ target
statp~~~4.0?~3/3-reference/modules-stats-producer interval log_file
substitution_engine~~~~4/config/ref-msg-gen-conf
suppress_spool~3.0;4.0~~~ num_retries
syslog_io~3.0;4.0~~~ default_facility ident
tls_macros~3.6.5;4.0~~~4/4-tls-macros
url_ripper~3.0;4.0~~~ address_headers base bits forward max_lookups values
xmpp_logger~~~~mobile/mobile-reference/modules-xmpp-logger heartbeat log_delivery log_delivery_format
 log_heartbeat_format log_reception log_reception_format logfile logmode namespace
"""

PAGES = """
3/3-reference/3-reference-conf-ref-capabilities privileges
3/3-reference/conf-ref-bounce-cache-size bounce_cache_size
3/3-reference/conf-ref-bounce-cache-ttl bounce_cache_ttl
3/3-reference/conf-ref-dkim dkim
3/3-reference/conf-ref-watchdog-interval watchdog_interval
3/3-reference/ecelerity-cluster-conf mbus_daemon
3/3-reference/ecelerity-conf control_listener_timeout
3/3-reference/install-ports cluster_listener
3/3-reference/mbus-conf subcluster
3/3-reference/options-summary apn_expiry gcm_application_id gcm_authorization_token_id gcm_delay_while_idle gcm_dry_run
 gcm_ttl
3/3-rest/rest-http-listener http_listener log_requests_to_paniclog
4/4-cluster-config-duravip duravip_follow duravip_preference enable_duravip topology
4/4-module-config debug_level/* debug_level/cluster enabled/*
4/4-tls-macros tls_macros
4/cluster-config-logging-complex manager
4/cluster-listeners eccluster_listener
4/conf-overview include readonly_include
4/config-options-summary accept_queue_backlog banner_hostname cluster_group enabled/cluster listen_backlog
 max_message_size max_receptions_per_connection max_recipients_per_connection max_recipients_per_message
 received_hostname smtp_extensions static_banner tcp_recv_buffer_size tcp_send_buffer_size tls_verified_peer_can_relay
 trap_destination use_ssl
4/config/ click_tracking_enabled click_tracking_scheme crypto_lock_method enable_dane max_request_size
 open_tracking_enabled open_tracking_scheme ssl_lock_method starttls_injection_policy tls_allow_renegotiation
 tls_ca/binding tls_certificate/binding tls_ciphers tls_client_ca tls_ec_curve_names tls_engine tls_ifavailable_fallback
 tls_key/binding tls_protocols tls_verified_peer_is_authorized tls_verify tls_verify_mode tlsa_expire_interval
 tlsv13_ciphersuites tracking_domain tracking_link_expiry use_dane
4/config/mta-sts/enable-mta-sts enable_mta_sts
4/config/mta-sts/mta-sts-dns-cname-max-depth mta_sts_dns_cname_max_depth
4/config/mta-sts/mta-sts-policy-store mta_sts_policy_store
4/config/mta-sts/use-mta-sts use_mta_sts
4/config/ref-authorization role
4/config/ref-debug-flags critical debug error info notice warning
4/config/ref-debug-throttle debug_throttle_max_num_same_message debug_throttle_period_secs
4/config/ref-dns-rate-limit dns_rate_limit_enabled dns_rate_limit_max_queue dns_rate_limit_mx_queries
 dns_rate_limit_period
4/config/ref-dns-udp-buffer-size dns_udp_rcvbuf_size dns_udp_sndbuf_size
4/config/ref-eccluster-conf control_cache dir_mode file_mode/logs logfile logs/global max_idle max_open
4/config/ref-ecelerity-cluster-conf control_group logs/cluster replicate
4/config/ref-malloc-2-mmap-threshold malloc2mmap_threshold
4/config/ref-msg-gen-conf msg_gen
4/config/ref-prefer_ipv6_mxs prefer_ipv6_mxs
4/config/ref-rfc-2821-allow-whitespace-in-envelope rfc2821_allow_whitespace_in_envelope
4/config/ref-rfc-2821-pedantic-address-rules rfc2821_pedantic_address_rules
4/config/ref-rfc-2822-date-header rfc2822_date_header
4/config/ref-rfc-2822-lone-lf-in-body rfc2822_lone_lf_in_body
4/config/ref-rfc-2822-lone-lf-in-headers rfc2822_lone_lf_in_headers
4/config/ref-rfc-2822-max-line-length rfc2822_max_line_length
4/config/ref-rfc-2822-max-line-length-policy rfc2822_max_line_length_policy
4/config/ref-rfc-2822-messageid-header rfc2822_messageid_header
4/config/ref-rfc-2822-missing-headers rfc2822_missing_headers
4/config/ref-rfc-2822-trace-headers rfc2822_trace_headers
4/config/ref-send-8-bitmime send_8bitmime
4/config/ref-snmp address community snmp_traps state/snmp state/snmp_traps syscontact sysdescription syslocation
 trap_interval watch_interval watch_variables
4/config/ref-threadpool backlog stack_size
4/config/ref-transform-8-bitmime-content transform_8bitmime_content
4/config/ref-unsafe-spool _unsafe_spool
4/config/ref-use-ipv-6 use_ipv6
4/config/ref-user group
4/control-acct log_authentication
4/control-auth always_allow always_deny authloginparameters enable_authentication realm uri/authcrammd5parameters
4/control-authz allow authorizationparameters enable_authorization
4/control-listener control_listener file_mode/control_listener timeout
4/ecstream-listener ecstream_idle_time ecstream_listener ecstream_max_batch_size
4/esmtp-listener concurrency esmtp_listener pool_name
4/esmtp-listener-reconfig-message reconfig_message
4/inbound-smtp authcrammd5parameters authdigestmd5parameters authplainparameters
4/listeners enable listen peer
4/modules/4-adaptive adaptive adaptive_adjustment_interval adaptive_alert_email_destination adaptive_alert_email_sender
 adaptive_attempt_threshold adaptive_body_timeout adaptive_cache_size adaptive_default_suspension
 adaptive_default_suspension_enabled adaptive_ehlo_timeout adaptive_fbl_volume_threshold adaptive_idle_timeout
 adaptive_mailfrom_timeout adaptive_max_deliveries_per_connection adaptive_max_outbound_connections
 adaptive_max_recipients_per_batch adaptive_max_recipients_per_connection adaptive_max_resident_active_queue
 adaptive_max_retries adaptive_max_retry_interval adaptive_notification_events adaptive_notification_interval
 adaptive_outbound_throttle_messages adaptive_positive_adjustment_interval adaptive_rcptto_timeout
 adaptive_rejection_rate_suspension_percentage adaptive_retry_fuzz adaptive_retry_interval adaptive_rset_timeout
 adaptive_sweep_rule adaptive_sweep_rule_enabled codes high_action high_threshold low_action low_threshold
4/modules/4-modules-cluster arp_all_hosts duravip_balance_set_size heartbeat_start_delay heartbeats_per_sec
 if_check_interval if_down_limit log_active_interval log_group log_idle_interval nodeaddr nodename unconditional_rebind
 view_balance_interval view_broadcast_interval view_mature_time
4/modules/auth-ds query returns_password
4/modules/auth-radius secret
4/modules/beik beik
4/modules/bounce-logger bouncelog_mode
4/modules/curfew curfew schedule_file timezone
4/modules/custom-logger *_mode thread_pool
4/modules/dane dane
4/modules/ds-core uri/datasource
4/modules/ec-logger acctlog_log_mode importlog_mode mainlog_mode paniclog_mode rejectlog_mode
4/modules/event-hydrant event_hydrant
4/modules/fbl fbl
4/modules/maildir dirmode/maildir filemode/maildir
4/modules/msg-gen gen_count gen_transactional_threads
4/modules/msgc bind_address/msgc_client peers port/msgc_server server
4/modules/outbound-smtp-auth outbound_smtp_auth_pass outbound_smtp_auth_type outbound_smtp_auth_user
4/modules/outbound-smtp-auth_v0 outbound_smtp_auth_key
4/modules/persistio dirmode/persist_io filemode/persist_io
4/modules/pipeio error_mode output_mode
4/modules/securecreds credentials key
changelog/4/4-3-0 max_resident_messages_per_binding tls_fallback_always_new_connection tls_session_reuse
changelog/4/4-4-0 fips_mode
changelog/legacy/2-x-legacy-2003-2006 tls_passphrase
manuals/enabling-apis-message-generation smtpapi
manuals/enabling-webhooks event_hose host/event_hose port/event_hose tls_ca/event_hose tls_certificate/event_hose
 tls_key/event_hose use_tls
mobile/mobile-reference/mm-7-mcmt-reception mcmt_reception
mobile/mobile-reference/mobility-mm-7-listener disable_chunked
mobile/mobile-reference/mobility-xmpp-modules xmpp_dialback_secret xmpp_listener xmpp_role
"""
