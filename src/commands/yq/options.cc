/// The command line of yq.
#include "commands/yq/options.h"

#include "commands/args.h"
#include "commands/text_io.h"

namespace nacre::yq {

const char kUsage[] =
    "Usage: yq [eval] [OPTION]... [EXPRESSION] [FILE]...\n"
    "       yq eval-all [OPTION]... [EXPRESSION] [FILE]...\n\n"
    "Read and change YAML, JSON, XML, TOML, CSV and properties; without FILE, or when it is -, standard\n"
    "input. eval (e) runs EXPRESSION on each document, eval-all (ea) once on all documents of all FILEs.\n\n"
    "  -i, --inplace                 update the first file\n"
    "  -n, --null-input              no input: only create new documents\n"
    "  -p, --input-format FORMAT     auto, yaml, json, props, csv, tsv, xml, toml, base64, uri\n"
    "  -o, --output-format FORMAT    auto, yaml, json, props, csv, tsv, xml, toml, base64, uri, shell\n"
    "  -P, --prettyPrint             like '... style = \"\"'\n"
    "  -I, --indent N                blanks per level (2); 0: JSON in one line\n"
    "  -r, --unwrapScalar[=false]    scalars without quotes and comments (default for YAML)\n"
    "  -N, --no-doc                  no --- between documents\n"
    "  -0, --nul-output              a NUL after each result instead of a newline\n"
    "  -e, --exit-status             status 1 without results, or when the last is null or false\n"
    "  -s, --split-exp EXPRESSION    each result to a file of that name ($index is its number)\n"
    "      --split-exp-file FILE     that expression is in FILE\n"
    "      --expression EXPRESSION   instead of the first argument\n"
    "      --from-file FILE          the expression is in FILE\n"
    "  -M, --no-colors               no colors (there are none)\n"
    "      --csv-auto-parse[=false]  read fields as YAML scalars\n"
    "      --csv-separator CHAR      instead of the comma\n"
    "      --properties-separator S  between key and value (\" = \")\n"
    "      --properties-array-brackets  a[0] instead of a.0\n"
    "      --shell-key-separator S   between the names of nested variables (_)\n"
    "      --xml-attribute-prefix S  of attributes (+@)\n"
    "      --xml-content-name S      of text beside attributes (+content)\n"
    "      --xml-proc-inst-prefix S  of processing instructions (+p_)\n"
    "      --xml-directive-name S    of directives (+directive)\n"
    "      --xml-skip-proc-inst      leave processing instructions out\n"
    "      --xml-skip-directives     leave directives out\n"
    "  -h, --help                    display this help and exit\n"
    "  -V, --version                 output version information and exit\n";

namespace {

class Reader {
 public:
  Reader(Process& p, Options& o) : p_(p), o_(o), argv_(p.argv()) {}

  std::optional<int> run() {
    std::vector<std::string> operands;
    bool options = true;
    for (at_ = 1; at_ < argv_.size(); at_++) {
      const std::string& a = argv_[at_];
      if (options && a == "--") {
        options = false;
      } else if (options && a.size() > 1 && a[0] == '-') {
        if (auto over = a[1] == '-' ? long_option(a.substr(2)) : short_options(a)) return over;
      } else {
        operands.push_back(a);
      }
    }
    return place(operands);
  }

 private:
  int fail(const std::string& text) {
    write_error(p_, "Error: " + text + "\n");
    return 1;
  }

  // A first operand that is a file and not an expression too: the expression is left out.
  std::optional<int> place(std::vector<std::string>& operands) {
    if (!operands.empty() && (operands[0] == "eval" || operands[0] == "e")) operands.erase(operands.begin());
    else if (!operands.empty() && (operands[0] == "eval-all" || operands[0] == "ea")) {
      o_.all = true;
      operands.erase(operands.begin());
    }
    if (!o_.from_file.empty()) {
      auto text = read_file(p_, o_.from_file);
      if (!text) return fail("open " + o_.from_file + ": no such file or directory");
      o_.expression = *text;
      o_.have_expression = true;
    }
    if (!o_.split_file.empty()) {
      auto text = read_file(p_, o_.split_file);
      if (!text) return fail("open " + o_.split_file + ": no such file or directory");
      o_.split = *text;
    }
    if (!o_.have_expression && !operands.empty()) {
      auto s = p_.stat(operands[0]);
      if (operands[0] != "-" && !(s && s->is_regular())) {
        o_.expression = operands[0];
        operands.erase(operands.begin());
      }
    }
    o_.files = std::move(operands);
    if (o_.in_place && (o_.files.empty() || o_.files[0] == "-" || o_.null_input))
      return fail("write in place flag only applicable when giving an expression and at least one file");
    if (o_.in_place && !o_.split.empty()) return fail("write in place cannot be used with split file");
    if (o_.null_input && !o_.files.empty() && !o_.all) return fail("cannot pass files in when using null-input flag");
    return std::nullopt;
  }

  std::optional<int> short_options(const std::string& a) {
    for (size_t i = 1; i < a.size(); i++) {
      char c = a[i];
      if (std::string_view("poIs").find(c) == std::string_view::npos) {
        std::optional<std::string> value;
        bool ends = i + 1 < a.size() && a[i + 1] == '=';
        if (ends) value = a.substr(i + 2);
        if (auto over = flag(c, value)) return over;
        if (ends) return std::nullopt;
        continue;
      }
      std::string value = a.substr(i + 1);
      if (value.starts_with('=')) value.erase(0, 1);
      else if (value.empty()) {
        if (++at_ >= argv_.size()) return fail(std::string("flag needs an argument: '") + c + "' in " + a);
        value = argv_[at_];
      }
      return valued(c == 'p' ? "input-format" : c == 'o' ? "output-format" : c == 'I' ? "indent" : "split-exp", value);
    }
    return std::nullopt;
  }

  std::optional<int> set(bool& to, const std::optional<std::string>& value, const std::string& name) {
    if (!value || *value == "true" || *value == "1" || *value == "t") to = true;
    else if (*value == "false" || *value == "0" || *value == "f") to = false;
    else return fail("invalid argument \"" + *value + "\" for \"--" + name + "\" flag");
    return std::nullopt;
  }

  std::optional<int> flag(char c, const std::optional<std::string>& value) {
    constexpr std::pair<char, const char*> kLong[] = {{'i', "inplace"}, {'n', "null-input"}, {'P', "prettyPrint"}, {'r', "unwrapScalar"},
                                                      {'N', "no-doc"},  {'0', "nul-output"}, {'e', "exit-status"}, {'M', "no-colors"},
                                                      {'h', "help"},    {'V', "version"},    {'j', "tojson"}};
    for (auto [letter, name] : kLong)
      if (letter == c) return *switch_option(name, value);
    return fail("unknown shorthand flag: '" + std::string(1, c) + "' in " + argv_[at_]);
  }

  // Nothing: not a switch. Otherwise what set() says.
  std::optional<std::optional<int>> switch_option(const std::string& name, const std::optional<std::string>& value) {
    using Over = std::optional<int>;
    if (name == "help" || name == "version") {
      Output out(p_);
      out.write(name == "help" ? std::string_view(kUsage) : "yq (https://github.com/mikefarah/yq/) version v4.47.1\n");
      return Over(out.finish(0));
    }
    bool on = true;
    if (name == "unwrapScalar") {
      Over over = set(on, value, name);
      o_.unwrap = on;
      return over;
    }
    if (name == "tojson") {
      Over over = set(on, value, name);
      if (on) o_.output = Format::Json;
      return over;
    }
    if (name == "no-colors") return set(on, value, name);
    struct Switch {
      const char* name;
      bool* to;
    };
    FormatOptions& f = o_.format;
    const Switch kSwitches[] = {{"inplace", &o_.in_place},
                                {"null-input", &o_.null_input},
                                {"prettyPrint", &o_.pretty},
                                {"no-doc", &o_.no_doc},
                                {"nul-output", &o_.nul},
                                {"exit-status", &o_.exit_status},
                                {"csv-auto-parse", &f.csv_auto_parse},
                                {"tsv-auto-parse", &f.csv_auto_parse},
                                {"properties-array-brackets", &f.props_brackets},
                                {"xml-skip-proc-inst", &f.xml_skip_proc_inst},
                                {"xml-skip-directives", &f.xml_skip_directives}};
    for (const Switch& s : kSwitches)
      if (name == s.name) return set(*s.to, value, name);
    return std::nullopt;
  }

  std::optional<int> long_option(const std::string& text) {
    size_t eq = text.find('=');
    std::string name = text.substr(0, eq);
    std::optional<std::string> value;
    if (eq != text.npos) value = text.substr(eq + 1);
    if (auto done = switch_option(name, value)) return *done;
    static constexpr std::string_view kValued[] = {"input-format",
                                                   "output-format",
                                                   "indent",
                                                   "split-exp",
                                                   "split-exp-file",
                                                   "expression",
                                                   "from-file",
                                                   "csv-separator",
                                                   "properties-separator",
                                                   "shell-key-separator",
                                                   "xml-attribute-prefix",
                                                   "xml-content-name",
                                                   "xml-proc-inst-prefix",
                                                   "xml-directive-name"};
    if (std::find(std::begin(kValued), std::end(kValued), name) == std::end(kValued)) return fail("unknown flag: --" + name);
    if (!value) {
      if (++at_ >= argv_.size()) return fail("flag needs an argument: --" + name);
      value = argv_[at_];
    }
    return valued(name, *value);
  }

  std::optional<int> valued(const std::string& name, const std::string& v) {
    FormatOptions& f = o_.format;
    if (name == "input-format" || name == "output-format") {
      std::optional<Format>& to = name == "input-format" ? o_.input : o_.output;
      if (v == "auto" || v == "a") {
        to.reset();
        return std::nullopt;
      }
      to = format_of(v);
      bool output = name == "output-format";
      if (!to || (!output && (*to == Format::Sh || *to == Format::Shell)))
        return fail("unknown format '" + v + "' please use [" +
                    (output ? "yaml|json|props|csv|tsv|xml|base64|uri|toml|shell" : "yaml|json|props|csv|tsv|xml|base64|uri|toml") + "]");
    } else if (name == "indent") {
      auto n = parse_int(v);
      if (!n || *n < 0 || *n > 100) return fail("invalid argument \"" + v + "\" for \"-I, --indent\" flag");
      f.indent = static_cast<int>(*n);
    } else if (name == "csv-separator") {
      if (v.size() != 1) return fail("csv separator must be one character");
      f.csv_separator = v[0];
    } else {
      std::string& to = name == "split-exp"              ? o_.split
                        : name == "split-exp-file"       ? o_.split_file
                        : name == "from-file"            ? o_.from_file
                        : name == "expression"           ? o_.expression
                        : name == "properties-separator" ? f.props_separator
                        : name == "shell-key-separator"  ? f.shell_separator
                        : name == "xml-attribute-prefix" ? f.xml_attribute
                        : name == "xml-content-name"     ? f.xml_content
                        : name == "xml-proc-inst-prefix" ? f.xml_proc_inst
                                                         : f.xml_directive;
      to = v;
      if (name == "expression") o_.have_expression = true;
    }
    return std::nullopt;
  }

  Process& p_;
  Options& o_;
  const std::vector<std::string>& argv_;
  size_t at_ = 0;
};

}  // namespace

std::optional<int> parse_options(Process& p, Options& o) { return Reader(p, o).run(); }

}  // namespace nacre::yq
