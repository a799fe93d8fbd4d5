/// jq - filter and transform JSON.
/// Source: jq 1.8 manual.
/// Differs: which tokens were expected is not listed with a syntax error; --debug-dump-disasm
/// and --debug-trace, which show the inside of the original, are not known.
#include "commands/command.h"
#include "commands/jq/json_write.h"
#include "commands/jq/source.h"

namespace nacre {
namespace jq {
namespace {

class Run {
 public:
  Run(Process& p, const Options& o) : p_(p), o_(o), compiler_(program_, modules_), out_(p, 1, 2), files_(p, o), interp_(p, compiler_, files_) {}

  int main() {
    if (auto over = compile()) return *over;
    set_output();
    if (o_.null_input) {
      process(Value::null());
    } else {
      Value v;
      while (true) {
        Inputs::Next next = files_.next(v);
        if (next == Inputs::Next::Value) {
          if (!process(std::move(v))) return out_.finish(status_);
          continue;
        }
        if (next == Inputs::Next::Error) {
          write_error(p_, "jq: parse error: " + files_.error() + "\n");
          return out_.finish(5);
        }
        break;
      }
    }
    if (files_.failed()) status_ = 2;
    if (status_ == 0 && o_.exit_status) status_ = any_ ? (last_true_ ? 0 : 1) : 4;
    return out_.finish(status_);
  }

 private:
  std::optional<int> compile() {
    std::string text = o_.program;
    if (o_.from_file) {
      auto read = read_file(p_, o_.program);
      if (!read) {
        write_error(p_, "jq: error: Could not open " + o_.program + ": " + std::string(message(read.error())) + "\n");
        return 2;
      }
      text = *read;
      if (text.substr(0, 2) == "#!") text.insert(0, "#");
    }
    modules_.search = o_.have_library ? o_.library : std::vector<std::string>{"~/.jq", "$ORIGIN/../lib/jq", "$ORIGIN/../lib"};
    modules_.origin = "/usr/bin";
    modules_.home = p_.getenv("HOME") ? p_.getenv("HOME") : "";
    modules_.exists = [this](const std::string& path) {
      auto s = p_.stat(path);
      return s && s->type == FileType::Regular;
    };
    modules_.read = [this](const std::string& path, std::string& to) {
      auto read = read_file(p_, path);
      if (read) to = *read;
      return read.ok();
    };
    std::map<std::string, Value> globals = o_.named;
    Value named = Value::object(), args = Value::object(), env = Value::object();
    for (const auto& [name, v] : o_.named) named.set(Value::string(name), v);
    args.set(Value::string("positional"), o_.positional);
    args.set(Value::string("named"), std::move(named));
    for (const std::string& e : p_.env()) {
      size_t eq = e.find('=');
      if (eq != e.npos) env.set(Value::string(valid_utf8(e.substr(0, eq))), Value::string(valid_utf8(e.substr(eq + 1))));
    }
    globals["ARGS"] = std::move(args);
    globals["ENV"] = std::move(env);
    if (compiler_.compile(text, globals)) return std::nullopt;
    int n = compiler_.error_count();
    write_error(p_, compiler_.errors() + "jq: " + std::to_string(n) + " compile error" + (n > 1 ? "s" : "") + "\n");
    return 3;
  }

  void set_output() {
    write_.indent = o_.indent;
    write_.tab = o_.tab;
    write_.sort = o_.sort;
    write_.ascii = o_.ascii;
    const char* no_color = p_.getenv("NO_COLOR");
    bool color = o_.color ? *o_.color : p_.isatty(1) && !(no_color && *no_color);
    if (!color) return;
    const char* spec = p_.getenv("JQ_COLORS");
    if (spec && !colors_.parse(spec)) write_error(p_, "Failed to set $JQ_COLORS\n");
    write_.colors = &colors_;
  }

  bool print(const Value& v) {
    if (o_.seq) out_.put('\x1e');
    if (o_.raw && v.is_string()) {
      if (o_.raw0 && v.str().find('\0') != std::string_view::npos) {
        interp_.fail("Cannot dump a string containing NUL with --raw-output0 option");
        return false;
      }
      if (o_.ascii) print_escaped(v);
      else out_.write(v.str());
    } else {
      text_.clear();
      write_json(text_, v, write_);
      out_.write(text_);
      if (text_.size() > kKeep) std::string().swap(text_);
    }
    if (o_.raw0) out_.put('\0');
    else if (!o_.join) out_.put('\n');
    if (o_.unbuffered) out_.flush();
    any_ = true;
    last_true_ = v.truthy();
    return true;
  }

  // -r with -a: a string as a literal after all.
  void print_escaped(const Value& v) {
    text_.clear();
    write_string(text_, v.str(), true);
    out_.write(text_);
  }

  // False when the program has ended itself.
  bool process(Value v) {
    if (interp_.run(std::move(v), [this](const Value& r) { return print(r); })) {
      if (status_ == 5) status_ = 0;
      return true;
    }
    if (interp_.why() == Interp::Why::Halt) {
      status_ = interp_.halt_status();
      const Value& message = interp_.error();
      if (message.is_string()) write_error(p_, message.str());
      else if (message.valid() && !message.is_null()) write_error(p_, to_json(message) + "\n");
      return false;
    }
    report(interp_.error());
    status_ = 5;
    return true;
  }

  void report(const Value& error) {
    std::string text = "jq: error (at " + files_.place() + ")";
    if (error.is_string()) text += ": " + std::string(error.str().substr(0, error.str().find('\0')));
    else text += " (not a string): " + to_json(error);
    write_error(p_, text + "\n");
  }

  static constexpr size_t kKeep = 1 << 20;   // room for text that is not given back
  Process& p_;
  const Options& o_;
  ModuleFiles modules_;
  Program program_;
  Compiler compiler_;
  Output out_;
  Files files_;
  Interp interp_;
  Colors colors_;
  WriteOptions write_;
  std::string text_;
  int status_ = 0;
  bool any_ = false, last_true_ = false;
};

int jq_main(Process& p) {
  Options o;
  if (auto over = parse_options(p, o)) return *over;
  return Run(p, o).main();
}

}  // namespace
}  // namespace jq

Command jq_command() { return {{"jq"}, jq::kUsage, jq::jq_main, MessageName::Short}; }

}  // namespace nacre
