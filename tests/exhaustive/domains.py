"""The domains: each is the name, the setup, how one case runs, and the cases.

All short words over a tiny alphabet; where longer ones are too many, a sample drawn
with a fixed seed.
"""
import dataclasses
import itertools
import random
import re


@dataclasses.dataclass
class Domain:
    name: str
    setup: str     # shell text, run once in the working directory
    body: str      # shell text that runs the case in $s
    cases: list


SHOW = 'show() { printf %s $#; [ $# = 0 ] || printf " <%s>" "$@"; echo; }\n'
FILES = 'touch a b ab a-b aab .h "a b" "[a" "\\\\a"; mkdir d; touch d/a d/.e\n'


def words(alphabet, longest, shortest=1):
    for length in range(shortest, longest + 1):
        yield from map(''.join, itertools.product(alphabet, repeat=length))


def sample(alphabet, lengths, count, seed=1):
    choice = random.Random(seed)
    return (''.join(choice.choices(alphabet, k=choice.choice(lengths))) for _ in range(count))


def unique(*sources):
    return list(dict.fromkeys(itertools.chain(*sources)))


def without(pattern, *sources):
    """Unique words in which the pattern is not found: what depends on the machine."""
    return [w for w in unique(*sources) if not re.search(pattern, w)]


def word_domains():
    values = SHOW + FILES + 'x="a *b  c"; y=; set -- p "q r" ""\n'
    body = 'eval "show $s" 2>&1 </dev/null'
    quoting = ['"', "'", '\\', '$x', 'a', ' ', '$y']
    yield Domain('quoting', values, body, unique(words(quoting, 4), sample(quoting, [5, 6, 7], 4000)))
    dollars = ['"', "'", '\\', '$', '{', '}', '(', ')', '`', 'x', '@', '#']
    yield Domain('dollars', values, '( ' + body + ' )', without(r'\$\$|\\$|^\(\(\($|^\$x\$$', words(dollars, 3), sample(['"', '$@', '$*', '${x}', '$(echo "a  b")', '`echo \\$x`', 'a', ' ', '\\', "'", '${y:-', '}', '${@:2}'], [3, 4, 5], 2000)))
    braces = ['{', '}', ',', 'a', '..', '1', '"', '\\', '$x']
    yield Domain('braces', values, body, unique(words(braces, 4), sample(braces + ['-', '3', '0', 'z'], [5, 6, 7, 8], 4000)))
    globs = ['*', '?', '[', ']', '!', '-', 'a', 'b', '\\', '.', '/', "'"]
    yield Domain('pathnames', values, body, without('^[\'\\\\]*/', words(globs, 3), sample(globs, [4, 5, 6], 3000)))
    extended = ['*(', '@(', '!(', '?(', '+(', '|', ')', 'a', 'b', '*', '.']
    yield Domain('extglob', values + 'shopt -s extglob\n', body, without(r'^[^(]*\||\*[@!+]\(|\*\*', words(extended, 3), sample(extended, [4, 5, 6], 2000)))
    tildes = ['~', '/', ':', '=', 'a', '"', '\\', '$x', '+', '-']
    yield Domain('tildes', values + 'HOME=/h OLDPWD=/o PWD=/p\n', 'eval "v=$s; show \\"\\$v\\" $s" 2>&1 </dev/null', without(r'^~[-+]?:.*[$"\\]', words(tildes, 3), sample(tildes, [4, 5], 1500)))


def split_domains():
    setup = SHOW + 'f() { local IFS=$1 v=$2 a b c\nshow $v; show "$v"; read a b <<<"$v"; show "$a" "$b"; read -r a b c <<<"$v"; show "$a" "$b" "$c"; read -a b <<<"$v"; show "${b[@]}"\nset -- $v; show "$*" $* "$@"; }\n'
    body = 'for i in " " : ": " "" "a:" $\' \\t\\n\'; do f "$i" "$s"; done 2>&1'
    yield Domain('splitting', setup, body, without(r'^::\\ $', words(['a', 'b', ' ', ':', '\t', '\\'], 4)))


def pattern_domains():
    strings = 'strings=(' + ' '.join("'" + w + "'" for w in ['', 'a', 'b', 'ab', 'ba', 'aa', 'aab', '-', ']', '[', '\\', '!', '*', 'a]', '[a', '^']) + ')\n'
    body = '( m=; eval "for t in \\"\\${strings[@]}\\"; do %s; m+=\\$?; done" 2>&1; echo "$m" )'
    plain = ['a', 'b', '*', '?', '[', ']', '!', '-', '\\', '"']
    nested = ['@(', '!(', '*(', '+(', '?(', '|', ')', 'a', 'b', '*', '?']
    classes = ['[', ']', '[:alpha:]', '[=a=]', '[.-.]', '^', '!', 'a', '-', 'b', '[:', ':]', '\\']
    # Unbalanced quotes, and where bash's matcher gives up.
    odd = r'^([^"]*"[^"]*")*[^"]*"[^"]*$|\\.*"|".*\\|\*[@!+]\(|\|\|$'
    names = without(odd, words(plain, 3), sample(plain, [4, 5, 6], 1500))
    yield Domain('conditional', strings, body % '[[ \\$t == $s ]]', names + without(odd, sample(nested, [3, 4, 5, 6, 7], 1500)))
    yield Domain('case', strings + 'shopt -s extglob\n', body % 'case \\$t in $s) true;; *) false;; esac', names + without(odd, sample(nested, [3, 4, 5, 6, 7], 1500)))
    yield Domain('classes', strings + 'shopt -s extglob\n', body % '[[ \\$t == $s ]]', without(r'-\[=|-\[\\', sample(classes, [3, 4, 5, 6], 2500)))
    yield Domain('regex', strings, body % '[[ \\$t =~ $s ]]', without(r'\$\(|\$\$|\[.*\\|\(|\)|' + odd, words(['a', 'b', '*', '.', '(', ')', '|', '^', '$', '+', '"', '\\'], 3), sample(['a', 'b', '*', '.', '(', ')', '|', '^', '$', '+', '"', '\\', '[', ']', '?', '{1}'], [4, 5], 1500)))


def parameter_domains():
    setup = SHOW + 'x=aBab y= z=x r=("p q" "" "b*a"); declare -A h=([a]=1 [b]="2 3"); set -- p "q r" ""\n'
    body = '( eval "show \\${$s}; show \\"\\${$s}\\"" 2>&1 </dev/null )'
    names = ['x', 'y', '!z', 'r[@]', 'r[*]', 'r[1]', 'h[a]', '@', '*', '#', '1', 'u', '!x', '#x', '#r[@]', '!r[@]', 'r', '!r', '!r*', 'r[-1]', 'u[@]']
    operators = [':', '-', '+', '=', '?', '#', '##', '%', '%%', '/', '//', '^', '^^', ',', ',,', '@', '~']
    operands = ['', 'a', 'b*', '1', ' -1', '1:1', '0:-1', 'Q', 'A', 'a/b', '/b', '#a/c', '%b/c', '*', '[ab]', '"a b"', "'a'", '$y', '~', '[@]', 'x:y', 'a/&&', '${u-v}', '@', '?']
    yield Domain('operators', setup, body, without(r'~$|^.*[^~]~$|@a/|^!r@?.?:$|^!r\*@|^!r\[@\]:$', map(''.join, itertools.product(names, operators, operands))))
    pieces = ['x', 'r', '#', '%', '/', ':', '-', '+', '=', '?', '@', '*', '^', ',', '!', '[', ']', '1', ' ']
    yield Domain('parameters', setup, body, without('^!(@|r:|#=)', words(pieces, 2), sample(pieces, [3, 4, 5], 3000)))


def arithmetic_domains():
    setup = 'f() { x=5 y=0 z=x n=-3 r=(4 5); unset u a; }\n'
    body = 'f; let "v = 77" "v = $s" 2>&1; echo "$? $v $x $y"'
    tokens = ['1', '0', 'x', '+', '-', '*', '/', '%', '(', ')', '?', ':', ',', '=', '<', '>', '!', '~', '&', '|', '^', ' ', '#']
    longer = tokens + ['2', '3', 'y', 'z', 'u', 'n', '==', '&&', '||', '**', '<<', '>>', '++', '--', '+=', '0x', '9', '08', '2#', '16#f', 'r[1]', '[', ']', 'a', '$', '.', '"', '<=', '!=']
    yield Domain('arithmetic', setup, body, without(r'u\[\]16', words(tokens, 3), sample(longer, [4, 5, 6, 7], 12000)))


# Where bash goes on after an error and reports another, and what the machine has a `time` for.
SECOND_ERROR = r"""\(\( |\[\[ .*[`"'$]|\[\[ (2>|\()|x=\( .*(\[\[|["'`$])|(x=1|>/dev/null) time|(for|select) (time|==|b) |\[\[ ;&|\$\( (\[\[|select)|\) x=\(|; x=\(|\$\( .*["']|case x in \$\(|` case"""


def grammar_domains():
    setup = 'a() { r+=$#; return 1; }; b() { r+=b; }; TIMEFORMAT=t\n'
    body = 'eval "$s" 2>&1 </dev/null; echo "$? $r"'
    tokens = [w + ' ' for w in ['a', 'if', 'then', 'else', 'fi', ';', '(', ')', '{', '}', '&&', '|', '!', 'for', 'in', 'do', 'done', 'case', 'esac', ';;', '\n', '[[', ']]', '((', '))', 'function', 'time', '<<<', 'x=1', 'x=(', '>/dev/null', '#']]
    pieces = tokens + [w + ' ' for w in ['if a; then', 'else b;', '; fi', 'for i in 1;', 'do a;', '; done', 'case x in', 'x)', ';; esac', '; }', '{ a;', '( a', ')', 'b', '-f', '==', '=~', '<', '||', 'f()', '$(', '`', '"', "'", '${', '&>', '2>&1', 'elif', 'select', ';&', '|&']]
    yield Domain('grammar', setup, '( ' + body + ' )', without(SECOND_ERROR, words(tokens, 2), sample(pieces, [3, 4, 5, 6], 7000)))


def all_domains():
    for source in (word_domains, split_domains, pattern_domains, parameter_domains, arithmetic_domains, grammar_domains):
        yield from source()
