# The first person of a new suite. Sourced by deploy/up.

SECURITY_PERSON=users/security

# as_administrator KEY ARGUMENT...: kc with the key of one of the administrators.
as_administrator() {
  local kc=(env KC_SERVER="127.0.0.1:$PORT" KC_KEY_FILE="$STATE/$1.key")
  [[ $TLS == no ]] || kc+=(KC_CA_FILE="$AUTHORITY")
  shift
  "${kc[@]}" "$BIN/kc" "$@" 9>&-
}

security_person_is_due() {
  [[ $(cat -- "$STATE/security-person.state" 2>/dev/null) == wanted ]]
}

# create_security_person: the security administrator as a person, once, in a state that is new. FIRST_PASSWORD is what to show,
# this once: it is kept nowhere. A run that was cut short before it showed a password leaves another one to the next.
create_security_person() {
  FIRST_PASSWORD=
  security_person_is_due || return 0
  local answer
  answer=$(as_administrator system users create security --display-name 安全管理员 --output json 2>"$STATE/logs/security-person.log") ||
    answer=$(as_administrator system users reset-password "$SECURITY_PERSON" --reason "deploy/up" --output json 2>>"$STATE/logs/security-person.log") ||
    { cannot_create_security_person; return 0; }
  as_administrator security users set-roles "$SECURITY_PERSON" --roles SECURITY_ADMINISTRATOR >/dev/null 2>>"$STATE/logs/security-person.log" ||
    { cannot_create_security_person; return 0; }
  FIRST_PASSWORD=$(sed -nE 's/.*"initial_password": *"([^"]+)".*/\1/p' <<<"$answer")
  echo created >"$STATE/security-person.state"
}

cannot_create_security_person() {
  say "The first security administrator could not be made ($STATE/logs/security-person.log says why); the next deploy/up tries again." \
    "未能创建首位安全管理员（原因见 $STATE/logs/security-person.log），下次运行 deploy/up 会再试。" >&2
}

# show_security_person: who it is and the first password, to whoever set the suite up.
show_security_person() {
  [[ -n $FIRST_PASSWORD ]] || return 0
  say "
The security administrator is $SECURITY_PERSON, with the first password $FIRST_PASSWORD
It is shown this once and must be changed: build/bin/kc passwd --user security" "
安全管理员为 $SECURITY_PERSON，初始密码 $FIRST_PASSWORD
密码仅显示这一次，须先修改：build/bin/kc passwd --user security"
}
