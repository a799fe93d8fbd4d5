/// dc - an arbitrary precision reverse-polish calculator.
/// Source: GNU dc manual 1.4 (bc 1.07.1), checked against the tool.
/// Differs: usage text is in our own words; ! runs the sandbox's sh.
#include "commands/args.h"
#include "commands/command.h"
#include "commands/dc/machine.h"

namespace nacre {
namespace {

constexpr char kUsage[] =
    "Usage: dc [OPTION]... [FILE]...\n"
    "Run the commands in scripts and FILEs, or in standard input if there are none.\n\n"
    "  -e, --expression=EXPR  run EXPR\n"
    "  -f, --file=FILE        run the contents of FILE\n"
    "  -h, --help             display this help and exit\n"
    "  -V, --version          output version information and exit\n";

class Dc {
 public:
  explicit Dc(Process& p) : p_(p), machine_(p), standard_(p, 0, "-", false) {
    machine_.read_line = [this] { return line(); };
    if (p.isatty(1)) machine_.out().raw().set_line_buffered(true);
  }

  bool expression(std::string_view text) {
    size_t at = 0;
    return machine_.run([&] { return at < text.size() ? static_cast<unsigned char>(text[at++]) : -1; }, false);
  }

  // What cannot be read is only complained about.
  bool file(const std::string& name, bool must_be_there = true) {
    if (name == "-") return standard();
    auto fd = p_.open(name, kOpenRead);
    if (!fd) {
      if (must_be_there) complain("Could not open file " + name);
      return true;
    }
    if (auto st = p_.fstat(*fd); st && st->is_dir()) {
      complain("Will not attempt to process directory " + name);
      (void)p_.close(*fd);
      return true;
    }
    Input in(p_, *fd, name);
    return whole([&] { return next(in); });
  }

  bool standard() {
    return whole([&] { return next(standard_); });
  }
  int status() const { return status_; }
  void flush() { machine_.out().raw().flush(); }

 private:
  // To leave dc from a file counts as a failure.
  bool whole(const std::function<int()>& source) {
    bool go_on = machine_.run(source, true);
    status_ = !go_on || machine_.failed() ? 1 : 0;
    return go_on;
  }

  int next(Input& in) {
    std::string_view block = in.block(0);
    if (block.empty()) {
      flush();
      block = in.block();
    }
    if (block.empty()) return -1;
    int c = static_cast<unsigned char>(block[0]);
    in.consume(1);
    return c;
  }

  std::string line() {
    std::string_view text;
    return standard_.next_line(text) ? std::string(text) + "\n" : "";
  }
  void complain(const std::string& text) {
    flush();
    write_error(p_, "dc: " + text + "\n");
  }

  Process& p_;
  DcMachine machine_;
  Input standard_;
  int status_ = 0;
};

int dc_main(Process& p) {
  Dc dc(p);
  bool ran = false, go_on = true;
  if (const char* home = p.getenv("HOME")) go_on = dc.file(std::string(home) + "/.dcrc", false);
  constexpr OptionSpec kSpecs[] = {
      {'e', "expression", ArgKind::Required}, {'f', "file", ArgKind::Required}, {'h', "help", ArgKind::None}, {'V', "version", ArgKind::None}};
  std::vector<std::string> files;
  auto status = parse_options(p, kUsage, kSpecs, p.argv(), {.short_help = true}, files, [&](size_t i, std::optional<std::string_view> v) -> std::optional<int> {
    if (kSpecs[i].short_name == 'V') return print_version(p);
    if (kSpecs[i].short_name == 'h') {
      Output out(p);
      out.write(kUsage);
      return out.finish(0);
    }
    ran = true;
    if (go_on) go_on = kSpecs[i].short_name == 'e' ? dc.expression(*v) : dc.file(std::string(*v));
    return go_on ? std::nullopt : std::optional<int>(dc.status());
  });
  if (status) {
    dc.flush();
    return *status;
  }
  for (const auto& file : files) {
    if (go_on) go_on = dc.file(file);
    ran = true;
  }
  if (!ran && go_on) dc.standard();
  dc.flush();
  return dc.status();
}

}  // namespace

Command dc_command() { return {{"dc"}, kUsage, dc_main, MessageName::Short}; }

}  // namespace nacre
