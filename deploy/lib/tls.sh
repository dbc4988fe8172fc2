# TLS of a suite on one machine: an authority of its own and a certificate for each process, in $STATE/tls. Sourced by deploy/up
# after common.sh. A state that has an authority speaks TLS from then on; without one it speaks plain text, on loopback.

AUTHORITY_DAYS=3650
CERTIFICATE_DAYS=365
RENEW_DAYS=30  # a certificate that ends sooner is made anew
CERTIFICATE_NAMES=IP:127.0.0.1,IP:::1,DNS:localhost

# choose_tls: sets TLS to yes if it is asked for, or if the state has it already. A running suite keeps what it has.
choose_tls() {
  AUTHORITY=$STATE/tls/authority.pem
  if [[ -e $AUTHORITY ]]; then
    TLS=yes
    return 0
  fi
  [[ $TLS == yes ]] || return 0
  local name
  for name in "${SERVICES[@]}"; do
    [[ -z ${RUNNING[$name]:-} ]] || die "The suite of $STATE runs in plain text; stop it with deploy/down before it speaks TLS." \
      "$STATE 的服务正以明文方式运行；请先用 deploy/down 停止，再启用 TLS。"
  done
}

# speak_tls: makes what is missing of the authority and the certificates, and renews those that end soon. Processes that run
# take new ones up by themselves.
speak_tls() {
  [[ $TLS == yes ]] || return 0
  local name
  mkdir -p -m 0700 -- "$STATE/tls"
  make_authority
  for name in "${SERVICES[@]}"; do
    ! certificate_is_due "$name" || sign_certificate "$name"
  done
}

# tls_failed: ends; what openssl said is in its log.
tls_failed() {
  tail -n 5 -- "$STATE/logs/tls.log" >&2
  die "The certificates in $STATE/tls could not be made; see $STATE/logs/tls.log." \
    "无法生成 $STATE/tls 中的证书，请查看 $STATE/logs/tls.log。"
}

# new_key FILE: a private key on the curve P-256, whole or not at all.
new_key() {
  (umask 077 && openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out "$1.new") 2>>"$STATE/logs/tls.log" || tls_failed
  mv -- "$1.new" "$1"
}

# make_authority: never in place of one that is there, since whoever trusts it would trust nobody any more.
make_authority() {
  [[ ! -e $AUTHORITY ]] || return 0
  local key=$STATE/tls/authority.key
  say "Making the suite's own authority for TLS." "正在建立系统自有的 TLS 证书颁发机构。"
  [[ -e $key ]] || new_key "$key"
  # The name is nobody else's, so that a caller who trusts several authorities is never shown to the wrong one.
  openssl req -x509 -new -key "$key" -subj "/CN=kechuang authority $(openssl rand -hex 4)" -days "$AUTHORITY_DAYS" -out "$AUTHORITY.new" \
    -config <(printf '%s\n' '[req]' 'distinguished_name = name' 'x509_extensions = extensions' '[name]' '[extensions]' \
      'basicConstraints = critical, CA:TRUE, pathlen:0' 'keyUsage = critical, keyCertSign, cRLSign' 'subjectKeyIdentifier = hash') \
    2>>"$STATE/logs/tls.log" || tls_failed
  mv -- "$AUTHORITY.new" "$AUTHORITY"
}

# certificate_is_due NAME: true if the process has none, or one that ends soon.
certificate_is_due() {
  [[ -e $STATE/tls/$1.key && -e $STATE/tls/$1.pem ]] || return 0
  ! openssl x509 -checkend $((RENEW_DAYS * 24 * 3600)) -noout -in "$STATE/tls/$1.pem" >/dev/null 2>&1
}

# sign_certificate NAME: a key and a certificate for the process, in place of those it has.
sign_certificate() {
  local new=$STATE/tls/$1.new key=$STATE/tls/authority.key
  [[ -e $key ]] || die "The certificate of kechuang-$1 must be made, but $key, the key of the authority, is not there." \
    "需要签发 kechuang-$1 的证书，但颁发机构的私钥 $key 不存在。"
  new_key "$new.key"
  openssl req -new -key "$new.key" -subj "/CN=kechuang-$1" -config <(printf '[req]\ndistinguished_name = name\n[name]\n') \
    2>>"$STATE/logs/tls.log" |
    openssl x509 -req -CA "$AUTHORITY" -CAkey "$key" -set_serial "0x$(openssl rand -hex 16)" -days "$CERTIFICATE_DAYS" \
      -extfile <(printf '%s\n' 'basicConstraints = critical, CA:FALSE' 'keyUsage = critical, digitalSignature' \
        'extendedKeyUsage = serverAuth, clientAuth' "subjectAltName = $CERTIFICATE_NAMES" \
        'subjectKeyIdentifier = hash' 'authorityKeyIdentifier = keyid') \
      -out "$new.pem" 2>>"$STATE/logs/tls.log" || tls_failed
  mv -- "$new.key" "$STATE/tls/$1.key"
  mv -- "$new.pem" "$STATE/tls/$1.pem"
}

# tls_flags NAME: sets TLS_FLAGS to what the process is told of its certificates.
tls_flags() {
  TLS_FLAGS=()
  [[ $TLS == no ]] || TLS_FLAGS=(--tls_certificate="$STATE/tls/$1.pem" --tls_key="$STATE/tls/$1.key" --tls_authority="$AUTHORITY"
    --tls_clients=ask)
}

# http_base: where the gateway's HTTP is.
http_base() {
  [[ $TLS == no ]] && printf 'http' || printf 'https'
  printf '://127.0.0.1:%d' $((PORT + HTTP_OFFSET))
}

# ask_health CURL-OPTION...: asks the gateway how the suite is.
ask_health() {
  [[ $TLS == no ]] || set -- "$@" --cacert "$AUTHORITY"
  curl --silent --max-time 3 --noproxy '*' "$@" "$(http_base)/healthz"
}
