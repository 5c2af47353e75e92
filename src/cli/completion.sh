# What can follow the words typed so far, for bash and zsh. The arguments are the words after `pointferry`; the last is
# the one under the cursor. Sets `offered` and `typed`; where nothing is offered, the shell completes file names.
_pointferry_offer() {
  local flags valued argument choices
  local verb='' previous='' arguments=0 folder="${POINTFERRY_PIPELINES:-pipelines}"
  _pointferry_verb ''
  while [ "$#" -gt 1 ]; do
    case "$valued" in
      *" $previous "*) # $1 is the value of a flag
        if [ "$previous" = --pipelines ]; then folder="$1"; fi
        previous=''
        ;;
      *)
        previous="$1"
        case "$1" in -*) ;; *) _pointferry_word "$1" ;; esac
        ;;
    esac
    shift
  done
  typed="$1" offered=''
  case "$valued" in
    *" $previous "*)
      _pointferry_choices "$verb $previous"
      offered="$choices"
      return
      ;;
  esac
  case "$typed" in
    -*) offered="$flags" ;;
    *) if [ "$arguments" -eq 0 ]; then offered="$(_pointferry_argument)"; fi ;;
  esac
}

# A word that is no flag: the verb, the second word of a verb, or an argument.
_pointferry_word() {
  if [ -z "$verb" ]; then
    verb="$1"
  elif _pointferry_begins "$verb"; then
    verb="$verb $1"
  else
    arguments=$((arguments + 1))
  fi
  _pointferry_verb "$verb"
}

_pointferry_argument() {
  case "$argument" in
    '<pipeline>' | '[pipeline]') _pointferry_names "$folder" '' ;;
    '<run>' | '[run]') _pointferry_names "$folder" @last ;;
    '<account>') _pointferry_names "$folder/accounts" '' ;;
    '<'*) ;;
    *) printf '%s' "$argument" ;;
  esac
}

# The names of the files in the folder $1, each followed by $2.
_pointferry_names() {
  local file
  for file in "$1"/*.ts; do
    [ -f "$file" ] || continue
    file="${file##*/}"
    printf '%s%s ' "${file%.ts}" "$2"
  done
}
