/// Modules: where they are found, their definitions and data, their metadata.
/// Source: jq 1.8 manual, "Modules".
#include "commands/jq/compile.h"
#include "commands/jq/json_read.h"

namespace nacre::jq {
namespace {

std::string parent(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : slash == 0 ? "/" : path.substr(0, slash);
}

std::string last_part(const std::string& path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string expand_search(const std::string& s, const ModuleFiles& files, const std::string& directory) {
  if (s == "~" || s.substr(0, 2) == "~/") return files.home.empty() ? "" : files.home + s.substr(1);
  if (s.substr(0, 7) == "$ORIGIN") return files.origin + s.substr(7);
  if (!s.empty() && s[0] == '/') return s;
  return directory + "/" + s;
}

}  // namespace

std::string Compiler::resolve(const Import& im, const std::string& directory, std::string& error, bool data) {
  std::vector<std::string> search;
  auto add = [&](const Value& v) {
    if (v.is_string()) search.push_back(expand_search(std::string(v.str()), files_, directory));
  };
  const Value* own = im.meta.valid() ? im.meta.find(Value::string("search")) : nullptr;
  if (own && own->is_array())
    for (size_t i = 0; i < own->size(); i++) add(own->at(i));
  else if (own) add(*own);
  if (!own || directory == ".")
    for (const auto& s : files_.search) search.push_back(expand_search(s, files_, "."));
  std::string path = im.path;
  if (path.empty() || path[0] == '/' || ("/" + path + "/").find("/../") != std::string::npos || ("/" + path + "/").find("/./") != std::string::npos) {
    error = "Relative paths to modules may not traverse to parent directories (" + path + ")";
    return "";
  }
  std::string suffix = data ? ".json" : ".jq", listed;
  for (const auto& s : search) {
    if (s.empty()) continue;
    for (const std::string& candidate : {s + "/" + path + suffix, s + "/" + path + "/" + last_part(path) + suffix})
      if (files_.exists(candidate)) return candidate;
    listed += (listed.empty() ? "" : ", ") + s;
  }
  error = "module not found: " + path;
  return "";
}

bool Compiler::load_data(const Import& im, const std::string& path, std::vector<Name>& names) {
  std::string text;
  Value all = Value::array(), v;
  JsonReader reader;
  if (files_.read(path, text)) {
    reader.feed(text);
    reader.finish();
    Read r;
    while ((r = reader.next(v)) == Read::Value) all.push(std::move(v));
    if (r == Read::Error) {
      errors_ += "jq: error: Could not parse " + path + ": " + reader.error() + "\n";
      error_count_++;
      return false;
    }
  }
  for (const std::string& name : {im.alias + "::" + im.alias, im.alias}) {
    names.push_back({Name::Global, name, 0, 0, static_cast<int>(globals_.size())});
  }
  globals_.push_back(std::move(all));
  return true;
}

bool Compiler::load_imports(Source& source, const std::string& directory, std::vector<Name>& names) {
  for (const Import& im : source.imports) {
    std::string error, path = resolve(im, directory, error, im.data);
    const Value* optional = im.meta.valid() ? im.meta.find(Value::string("optional")) : nullptr;
    if (path.empty()) {
      if (optional && optional->truthy()) continue;
      errors_ += "jq: error: " + error + "\n\n";
      error_count_++;
      return false;
    }
    if (im.data) {
      if (!load_data(im, path, names)) return false;
      continue;
    }
    Module* m = load_module(path);
    if (!m) return false;
    for (const Name& n : m->names) {
      Name copy = n;
      if (!im.alias.empty()) copy.name = im.alias + "::" + n.name;
      names.push_back(copy);
    }
  }
  return true;
}

Compiler::Module* Compiler::load_module(const std::string& path) {
  Module& m = modules_[path];
  if (m.good) return &m;
  if (m.busy) {
    errors_ += "jq: error: module " + path + " imports itself\n";
    error_count_++;
    return nullptr;
  }
  m.busy = true;
  program_.sources.push_back(std::make_unique<Source>());
  m.source = program_.sources.back().get();
  m.source->name = path;
  if (!files_.read(path, m.source->text)) {
    errors_ += "jq: error: Could not open " + path + "\n";
    error_count_++;
    return nullptr;
  }
  std::vector<Problem> problems;
  parse_program(program_, *m.source, true, problems);
  for (const Problem& p : problems) report(p, *m.source);
  if (!problems.empty()) return nullptr;
  std::vector<Name> imported;
  if (!load_imports(*m.source, parent(path), imported)) return nullptr;
  bind_module(*m.source, imported);
  m.names = std::move(imported);
  m.good = error_count_ == 0;
  m.busy = false;
  return m.good ? &m : nullptr;
}

// Compiles the definitions of a module; names: in, what it imports; out, what it defines.
void Compiler::bind_module(Source& source, std::vector<Name>& names) {
  auto saved_names = std::exchange(names_, std::move(names));
  Source* saved_source = std::exchange(source_, &source);
  int saved_level = std::exchange(level_, 0);
  int* saved_slots = slots_;
  size_t first = names_.size();
  for (FunctionDef* f : source.functions) visit_function(f);
  names.assign(names_.begin() + static_cast<std::ptrdiff_t>(first), names_.end());
  names_ = std::move(saved_names);
  source_ = saved_source;
  level_ = saved_level;
  slots_ = saved_slots;
}

Value Compiler::module_meta(const std::string& name, std::string* error) {
  Import im;
  im.path = name;
  std::string path = resolve(im, ".", *error, false);
  if (path.empty()) return Value();
  Program scratch;
  Source source;
  source.name = path;
  std::vector<Problem> problems;
  if (files_.read(path, source.text)) parse_program(scratch, source, true, problems);
  if (!problems.empty()) {
    *error = problems[0].message;
    return Value();
  }
  Value out = source.module_meta.valid() ? source.module_meta : Value::object();
  Value deps = Value::array(), defs = Value::array();
  for (const Import& i : source.imports) {
    Value d = i.meta.valid() ? i.meta : Value::object();
    if (!i.alias.empty()) d.set(Value::string("as"), Value::string(i.alias));
    d.set(Value::string("is_data"), Value::boolean(i.data));
    d.set(Value::string("relpath"), Value::string(i.path));
    deps.push(std::move(d));
  }
  for (const FunctionDef* f : source.functions) defs.push(Value::string(f->name + "/" + std::to_string(f->params.size())));
  out.set(Value::string("deps"), std::move(deps));
  out.set(Value::string("defs"), std::move(defs));
  return out;
}

}  // namespace nacre::jq
