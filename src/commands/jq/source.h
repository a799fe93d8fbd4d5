/// source: the inputs of a run, read from files one after the other as they are
/// asked for, as JSON texts, events, lines or all at once.
#pragma once
#include <memory>
#include <optional>
#include <string>

#include "commands/jq/interp.h"
#include "commands/jq/json_read.h"
#include "commands/jq/options.h"
#include "commands/text_io.h"

namespace nacre::jq {

class Files final : public Inputs {
 public:
  Files(Process& p, const Options& o);
  Next next(Value& v) override;
  std::string error() override { return error_; }
  Value file_name() override;
  size_t line() override;
  void message(std::string_view text) override { write_error(p_, text); }

  /// "<stdin>:3", "<unknown>" before anything was read.
  std::string place();
  /// A file could not be opened or read, or a text was wrong.
  bool failed() const { return failed_; }

 private:
  bool open_next();
  bool more();
  Next one(Value& v);
  Next line(Value& v);
  Next all_text(Value& v);
  Next slurped(Value& v);
  template <class R>
  Next from(R& reader, Value& v);
  template <class R>
  bool feed(R& reader);

  Process& p_;
  const Options& o_;
  size_t index_ = 0;
  std::unique_ptr<Input> in_;
  size_t taken_ = 0, lines_ = 0;
  std::string name_;
  std::string error_;
  std::optional<JsonReader> json_;
  std::optional<StreamReader> stream_;
  bool failed_ = false, done_ = false, began_ = false, all_read_ = false;
};

}  // namespace nacre::jq
