/// getopts - parse the options of a script.
/// Source: bash manual 4.1, getopts; POSIX XCU getopts.
#include "shell/builtins/operands.h"

namespace nacre {
namespace {

class OptionParser {
 public:
  OptionParser(Shell& sh, std::string spec, const std::vector<std::string>& words) : sh_(sh), spec_(std::move(spec)), words_(words) {
    silent_ = spec_.starts_with(':');
    if (silent_) spec_.erase(0, 1);
  }

  /// The next option into `name`; the status of getopts.
  int next(const std::string& name) {
    name_ = name;
    index_ = read_index();
    // A changed OPTIND begins again.
    if (index_ != sh_.getopts_index_) sh_.getopts_at_ = 0;
    if (static_cast<size_t>(index_) > words_.size()) return finish(static_cast<int64_t>(words_.size()) + 1);
    // Other words than those of the last call: a shorter one is begun again.
    if (sh_.getopts_at_ >= words_[static_cast<size_t>(index_) - 1].size()) sh_.getopts_at_ = 0;
    if (sh_.getopts_at_ == 0) {
      const std::string& word = words_[static_cast<size_t>(index_) - 1];
      if (word == "--") return finish(index_ + 1);
      if (word.size() < 2 || word[0] != '-') return finish(index_);
      sh_.getopts_at_ = 1;
    }
    return letter();
  }

 private:
  int64_t read_index() {
    const std::string* v = sh_.expander().value_of(sym::kOPTIND);
    auto n = v ? whole_number(*v) : std::nullopt;
    return n && *n > 0 ? *n : 1;
  }

  bool errors_shown() {
    const std::string* v = sh_.expander().value_of(sym::kOPTERR);
    return !silent_ && (!v || v->empty() || *v != "0");
  }

  /// OPTIND is told without starting over.
  void set_index(int64_t n, size_t at) {
    (void)sh_.expander().assign(sym::kOPTIND, std::to_string(n));
    sh_.getopts_index_ = n;
    sh_.getopts_at_ = at;
  }

  int finish(int64_t index) {
    set_index(index, 0);
    unset_argument();
    (void)assign_name("?");
    return 1;
  }

  void unset_argument() { sh_.unset_variable(sym::kOPTARG); }

  /// The status of getopts: 2 for a name that cannot be changed.
  int assign_name(const std::string& value) {
    if (!is_name(name_)) {
      invalid_identifier(sh_, name_);
      return 1;
    }
    return sh_.expander().assign(sh_.symbols().intern(name_), value) ? 0 : 2;
  }

  void complain(const std::string& what, char c) { (void)sh_.process().write(2, sh_.state().arg0 + ": " + what + " -- " + c + "\n"); }

  int letter() {
    const std::string& word = words_[static_cast<size_t>(index_) - 1];
    size_t at = sh_.getopts_at_;
    char c = word[at];
    size_t found = c == ':' ? spec_.npos : spec_.find(c);
    bool last = at + 1 >= word.size();
    if (found == spec_.npos) {
      last ? set_index(index_ + 1, 0) : set_index(index_, at + 1);
      if (errors_shown()) complain("illegal option", c);
      if (silent_) (void)sh_.expander().assign(sym::kOPTARG, std::string(1, c));
      else unset_argument();
      return assign_name("?");
    }
    if (found + 1 >= spec_.size() || spec_[found + 1] != ':') {
      last ? set_index(index_ + 1, 0) : set_index(index_, at + 1);
      unset_argument();
      return assign_name(std::string(1, c));
    }
    return with_argument(c, last ? "" : word.substr(at + 1), last);
  }

  int with_argument(char c, std::string value, bool separate) {
    if (separate) {
      if (static_cast<size_t>(index_) >= words_.size()) {
        set_index(index_ + 1, 0);
        if (errors_shown()) complain("option requires an argument", c);
        if (silent_) (void)sh_.expander().assign(sym::kOPTARG, std::string(1, c));
        else unset_argument();
        return assign_name(silent_ ? ":" : "?");
      }
      value = words_[static_cast<size_t>(index_)];
    }
    set_index(index_ + (separate ? 2 : 1), 0);
    (void)sh_.expander().assign(sym::kOPTARG, value);
    return assign_name(std::string(1, c));
  }

  Shell& sh_;
  std::string spec_, name_;
  const std::vector<std::string>& words_;
  bool silent_ = false;
  int64_t index_ = 1;
};

int run_getopts(Shell& sh, Args& args) {
  size_t at = operands_only(sh, args);
  if (at == 0) return 2;
  if (at + 1 >= args.size()) return sh.usage();
  std::vector<std::string> words;
  if (at + 2 < args.size()) words.assign(args.words.begin() + static_cast<ptrdiff_t>(at) + 2, args.words.end());
  else words = sh.positional();
  return OptionParser(sh, args[at], words).next(args[at + 1]);
}

}  // namespace

Builtin getopts_builtin() {
  return {"getopts", run_getopts, 0, "getopts optstring name [arg ...]",
          "Puts the next option of the positional parameters (or ARGS) into NAME, its argument into OPTARG and\n"
          "the index of the next word into OPTIND; fails when there are no more. OPTSTRING lists the letters,\n"
          "each followed by : if it takes an argument; a leading : makes errors silent."};
}

}  // namespace nacre
