/// JSON values from tokens.
#include "commands/jq/json_read.h"

namespace nacre::jq {

Read JsonReader::fail(std::string_view message, bool at_end) {
  error_ = tokens_.located(message, at_end);
  if (seq_ && !at_end && !tokens_.separated) error_ += " (need RS to resync)";
  return Read::Error;
}

void JsonReader::reset() {
  levels_.clear();
  next_ = Value();
  if (seq_) tokens_.resynchronize();
}

const char* JsonReader::comma() {
  if (!next_.valid()) return "Expected value before ','";
  if (levels_.empty()) return "Expected value before ','";
  Level& top = levels_.back();
  if (top.container.is_array()) {
    top.container.push(std::move(next_));
  } else {
    if (!top.have_key) return "Objects must consist of key:value pairs";
    top.container.set(top.key, std::move(next_));
    top.have_key = false;
  }
  next_ = Value();
  return nullptr;
}

const char* JsonReader::close() {
  bool array = tokens_.bracket == ']';
  const char* unmatched = array ? "Unmatched ']'" : "Unmatched '}'";
  if (levels_.empty() || levels_.back().container.is_array() != array) return unmatched;
  Level& top = levels_.back();
  if (array) {
    if (next_.valid()) top.container.push(std::move(next_));
    else if (top.container.size()) return "Expected another array element";
  } else if (next_.valid()) {
    if (!top.have_key) return "Objects must consist of key:value pairs";
    top.container.set(top.key, std::move(next_));
  } else {
    if (top.have_key) return unmatched;
    if (top.container.size()) return "Expected another key-value pair";
  }
  next_ = std::move(top.container);
  levels_.pop_back();
  return nullptr;
}

const char* JsonReader::take(Token t) {
  switch (t) {
    case Token::Scalar:
      if (next_.valid()) return "Expected separator between values";
      next_ = std::move(tokens_.scalar);
      return nullptr;
    case Token::Open:
      if (levels_.size() >= kMaxParseDepth) return "Exceeds depth limit for parsing";
      if (next_.valid()) return "Expected separator between values";
      if (tries_ > 0 && levels_.size() + 200 < kMaxParseDepth) {
        fast_.set_pages(together_ || !levels_.empty() ? &pages_ : nullptr);   // what is in one container begins together
        if (tokens_.take_container(fast_, next_)) return nullptr;
        tries_--;
      }
      levels_.push_back({tokens_.bracket == '[' ? Value::array() : Value::object(), Value()});
      return nullptr;
    case Token::Close: return close();
    case Token::Comma: return comma();
    default: break;
  }
  if (!next_.valid()) return "Expected string key before ':'";   // a colon
  if (levels_.empty() || levels_.back().container.is_array()) return "':' not as part of an object";
  if (levels_.back().have_key) return "':' not as part of an object";
  if (!next_.is_string()) return "Object keys must be strings";
  levels_.back().key = std::move(next_);
  levels_.back().have_key = true;
  next_ = Value();
  return nullptr;
}

Read JsonReader::next(Value& out) {
  while (true) {
    Token t = tokens_.next();
    switch (t) {
      case Token::More: return Read::More;
      case Token::Error: return fail(tokens_.error, tokens_.at_end());
      case Token::End:
        if (!levels_.empty() || next_.valid()) {
          levels_.clear();
          next_ = Value();
          return fail("Unfinished JSON term", true);
        }
        return Read::End;
      case Token::Separator: {
        // What is not whole is dropped, and with --seq that is told where no blank shows that it was meant so.
        const bool cut = seq_ && !levels_.empty() && !tokens_.after_blank();
        levels_.clear();
        next_ = Value();
        if (cut) return fail("Truncated value");
        continue;
      }
      default: break;
    }
    if (const char* wrong = take(t)) {
      if (t == Token::Scalar && tokens_.number) tokens_.pass_delimiter();
      return fail(wrong);
    }
    if (!levels_.empty() || !next_.valid()) continue;
    if (t == Token::Scalar && tokens_.number) {   // only what follows shows whether it stands alone
      std::string_view rest = tokens_.rest();
      if (!rest.empty() && std::string_view(",:]}").find(rest[0]) != std::string_view::npos) continue;
      const bool is_number = next_.is_number();
      if (seq_ && (rest.empty() ? tokens_.finished() && is_number : rest[0] == '\x1e')) {
        next_ = Value();
        tokens_.pass_delimiter();
        return fail(is_number ? "Potentially truncated top-level numeric value" : "Truncated value", rest.empty());
      }
    }
    out = std::move(next_);
    next_ = Value();
    return Read::Value;
  }
}

}  // namespace nacre::jq
