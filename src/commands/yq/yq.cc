/// yq - read and change YAML, JSON, XML, TOML, CSV and properties.
/// Source: mikefarah yq v4 documentation; go-yaml v3 for the layout of YAML. (Debian's yq is another program.)
/// Differs: no colors; arithmetic has its usual precedence and goes from left to right; a side of
/// an operator that is missing counts as null; `<<` follows the specification; reading what is not
/// there never changes the document; the warning about -p without -o is not given. Not known are
/// hcl, ini, lua and kyaml, --front-matter, --header-preprocess, --string-interpolation, --yaml-*
/// and the --xml-* flags that --help does not list; comments of TOML are not kept, and times
/// are added to only in the form of RFC 3339. `range` is not known. Regular expressions are PCRE's, not
/// RE2's: one that runs into the matcher's limit does not match.
#include "commands/command.h"
#include "commands/paths.h"
#include "commands/text_io.h"
#include "commands/yq/interp.h"
#include "commands/yq/options.h"

namespace nacre {
namespace yq {
namespace {

std::string go_message(Errno e) {
  std::string m(message(e));
  if (m.size() > 1 && m[0] >= 'A' && m[0] <= 'Z' && !(m[1] >= 'A' && m[1] <= 'Z')) m[0] = static_cast<char>(m[0] + 32);
  return m;
}

class Run {
 public:
  Run(Process& p, Options& o) : p_(p), o_(o), out_(p), interp_(p, tree_, o.format) {}

  int main() {
    std::string why;
    expression_ = parse_expression(o_.expression, &why);
    if (!expression_) return fail(why);
    if (!o_.split.empty()) {
      split_ = parse_expression(o_.split, &why);
      if (!split_) return fail("bad split document expression: " + why);
    }
    choose_formats();
    if (o_.files.empty() && !o_.null_input) o_.files.push_back("-");
    interp_.files = o_.files;
    int status = o_.null_input ? nothing() : o_.all ? together() : streamed();
    if (status != 0) return finish(status);
    if (o_.in_place)
      if (int s = replace_file()) return s;
    if (o_.exit_status && !truthy_) return finish(fail("no matches found"));
    return finish(0);
  }

 private:
  int fail(const std::string& text) {
    out_.flush();
    write_error(p_, "Error: " + text + "\n");
    return 1;
  }
  int finish(int status) { return out_.finish(status); }

  void choose_formats() {
    auto by_name = o_.files.empty() || o_.null_input ? std::nullopt : format_by_extension(o_.files[0]);
    input_ = o_.input ? *o_.input : by_name.value_or(Format::Yaml);
    output_ = o_.output ? *o_.output : o_.input ? Format::Yaml : input_;
    o_.format.unwrap = o_.unwrap.value_or(output_ == Format::Yaml || output_ == Format::Props);
  }

  // False after a message.
  bool load(const std::string& file, std::string& text) {
    Result<std::string> r = file == "-" ? all_of_stdin() : read_file(p_, file);
    if (!r) {
      fail("open " + file + ": " + go_message(r.error()));
      return false;
    }
    text = std::move(*r);
    p_.check_memory(text.size() * 8);
    return true;
  }
  Result<std::string> all_of_stdin() {
    Input in(p_, 0, "-", false);
    std::string text(in.all());
    if (in.error() != Errno::OK) return in.error();
    return text;
  }

  int nothing() {
    Node* n = tree_.scalar("!!null", "");
    List results = interp_.run(*expression_, {n});
    if (interp_.failed()) return fail(interp_.error());
    return print(results);
  }

  int streamed() {
    uint32_t doc = 0;
    for (uint32_t file = 0; file < o_.files.size(); file++) {
      std::string text;
      if (!load(o_.files[file], text)) return 1;
      auto reader = make_reader(input_, text, tree_, o_.format);
      while (Node* n = reader->next()) {
        place(n, file, doc++);
        List results = interp_.run(*expression_, {n});
        if (interp_.failed()) return fail(interp_.error());
        if (int status = print(results)) return status;
        tree_.clear();
        interp_.new_documents();
      }
      if (!reader->error().empty()) return fail("bad file '" + o_.files[file] + "': " + reader->error());
    }
    return 0;
  }

  int together() {
    List all;
    for (uint32_t file = 0; file < o_.files.size(); file++) {
      std::string text;
      if (!load(o_.files[file], text)) return 1;
      auto reader = make_reader(input_, text, tree_, o_.format);
      uint32_t doc = 0;
      while (Node* n = reader->next()) {
        place(n, file, doc++);
        n->together = true;
        all.push_back(n);
      }
      if (!reader->error().empty()) return fail("bad file '" + o_.files[file] + "': " + reader->error());
    }
    List results = interp_.run(*expression_, all);
    if (interp_.failed()) return fail(interp_.error());
    return print(results);
  }

  // Indices are those of the document; below it they are needed by what is made from a part.
  void place(Node* n, uint32_t file, uint32_t doc) {
    List all;
    interp_.descendants(n, all, true);
    for (Node* d : all) {
      d->file = file;
      d->doc = doc;
    }
    if (o_.all)
      for (Node* d : all) d->together = d == n;
  }

  int print(const List& results) {
    for (Node* n : results) {
      truthy_ = n->truthy();
      p_.tick();
      if (o_.pretty) pretty(n);
      std::string text;
      if (!one(n, text)) return 1;
      if (split_) {
        if (int status = to_file(n, text)) return status;
      } else if (o_.in_place) {
        kept_ += text;
        p_.check_memory(kept_.size());
      } else {
        out_.write(text);
      }
    }
    return 0;
  }

  bool one(Node* n, std::string& text) {
    bool first = !printed_;
    bool other = !first && (n->doc != last_doc_ || n->file != last_file_);
    printed_ = true;
    last_doc_ = n->doc;
    last_file_ = n->file;
    Node* top = n;
    if (output_ != Format::Yaml && output_ != Format::Base64) {
      size_t made = 0;
      if (has_alias(n)) {
        top = interp_.placed(tree_.copy(n), n);
        if (!interp_.explode(top, made)) return fail(interp_.error()), false;
      }
    }
    if (output_ == Format::Yaml) {
      if (!o_.no_doc && !split_ && (other || (n->separated && (first || other)))) text += "---\n";
      if (!n->leading().empty() && (!n->scalar() || n->value.empty() || !o_.format.unwrap)) {
        std::string_view leading = n->leading();
        if (o_.no_doc && leading.starts_with("---\n")) leading.remove_prefix(4);
        text += leading;
      }
    }
    std::string body, why;
    if (!write_document(output_, body, top, o_.format, &why)) return fail(why), false;
    text += body;
    if (o_.nul) {
      if (body.find('\0') != body.npos) return fail("can't serialize value because it contains NUL char and you are using NUL separated output"), false;
      if (!text.empty() && text.back() == '\n') text.pop_back();
      text += '\0';
    } else if (!text.empty() && text.back() != '\n' && (output_ == Format::Base64 || output_ == Format::Uri || output_ == Format::Sh)) {
      text += '\n';
    }
    return true;
  }

  bool has_alias(Node* n) {
    List all;
    interp_.descendants(n, all, true);
    for (Node* d : all)
      if (d->kind == Kind::Alias || !d->anchor.empty() || d->tag == "!!merge") return true;
    return false;
  }

  void pretty(Node* n) {
    List all;
    interp_.descendants(n, all, true);
    for (Node* d : all)
      if (d->style == Style::Flow || d->style == Style::Double || d->style == Style::Single || d->scalar()) d->style = Style::Plain;
  }

  int to_file(Node* n, const std::string& text) {
    interp_.globals["index"] = {tree_.integer(static_cast<int64_t>(count_++))};
    List names = interp_.run(*split_, {n});
    if (interp_.failed()) return fail(interp_.error());
    if (names.empty()) return fail("bad split document expression: no name");
    std::string name = real(names.front())->value;
    size_t slash = name.rfind('/');
    if (name.find('.', slash == name.npos ? 0 : slash) == name.npos) {
      constexpr std::string_view kExtensions[] = {"yml", "json", "properties", "csv", "tsv", "xml", "toml"};
      size_t i = static_cast<size_t>(output_);
      name += "." + std::string(i < std::size(kExtensions) ? kExtensions[i] : "txt");
    }
    return write_file(name, text);
  }

  int write_file(const std::string& name, std::string_view text) {
    auto fd = p_.open(name, kOpenWrite | kOpenCreate | kOpenTruncate, 0666);
    if (!fd) return fail("open " + name + ": " + go_message(fd.error()));
    auto done = p_.write(*fd, text);
    (void)p_.close(*fd);
    return done ? 0 : fail("write " + name + ": " + go_message(done.error()));
  }

  /// Written beside it and renamed, so that a full disk does not cost the file. A link stays one.
  int replace_file() {
    const std::string& name = o_.files[0];
    auto st = p_.lstat(name);
    if (!st || !st->is_regular()) return write_file(name, kept_);
    const std::string temporary = join_path(dir_name(name), ".yq" + std::to_string(p_.random() % 1000000));
    if (int status = write_file(temporary, kept_)) {
      (void)p_.unlink(temporary);
      return status;
    }
    (void)p_.chmod(temporary, st->mode);
    if (auto done = p_.rename(temporary, name); !done) {
      (void)p_.unlink(temporary);
      return fail("write " + name + ": " + go_message(done.error()));
    }
    return 0;
  }

  Process& p_;
  Options& o_;
  Output out_;
  Tree tree_;
  Interp interp_;
  ExprPtr expression_, split_;
  Format input_ = Format::Yaml, output_ = Format::Yaml;
  std::string kept_;                ///< what goes into the file that is changed
  uint32_t last_doc_ = 0, last_file_ = 0;
  size_t count_ = 0;
  bool printed_ = false, truthy_ = false;
};

int yq_main(Process& p) {
  Options o;
  if (auto over = parse_options(p, o)) return *over;
  return Run(p, o).main();
}

}  // namespace
}  // namespace yq

Command yq_command() { return {{"yq"}, yq::kUsage, yq::yq_main, MessageName::Short}; }

}  // namespace nacre
