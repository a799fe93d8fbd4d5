/// The events of --stream from tokens.
/// Source: jq 1.8 manual, "Streaming".
#include "commands/jq/json_read.h"
#include "commands/jq/number.h"

namespace nacre::jq {

Read StreamReader::fail(std::string_view message, bool at_end) {
  error_ = tokens_.located(message, at_end);
  if (seq_ && !at_end && !tokens_.separated) error_ += " (need RS to resync)";
  return Read::Error;
}

void StreamReader::reset() {
  path_ = Value::array();
  kinds_.clear();
  state_ = State::Value;
  pending_ = Value();
  if (seq_) tokens_.resynchronize();
}

void StreamReader::emit(Value leaf) {
  Value event = Value::array(2);
  event.push(path_);
  event.push(std::move(leaf));
  events_.push_back(std::move(event));
}

void StreamReader::emit_pending() {
  if (pending_.valid()) emit(std::move(pending_));
  pending_ = Value();
}

const char* StreamReader::scalar() {
  Value v = std::move(tokens_.scalar);
  switch (state_) {
    case State::Value:
    case State::FirstOrClose:
      state_ = State::CommaOrClose;
      if (kinds_.empty()) {
        state_ = State::Value;
        emit(std::move(v));
      } else pending_ = std::move(v);
      return nullptr;
    case State::Key:
    case State::FirstKeyOrClose:
      key_ = std::move(v);
      state_ = State::Colon;
      return nullptr;
    default: return "Expected separator between values";
  }
}

const char* StreamReader::open() {
  if (state_ == State::Key || state_ == State::FirstKeyOrClose) return "Object keys must be strings";
  if (state_ != State::Value && state_ != State::FirstOrClose) return "Expected separator between values";
  if (kinds_.size() >= kMaxParseDepth) return "Exceeds depth limit for parsing";
  kinds_ += tokens_.bracket;
  bool array = tokens_.bracket == '[';
  path_.push(array ? Value::number(0) : Value::null());
  state_ = array ? State::FirstOrClose : State::FirstKeyOrClose;
  return nullptr;
}

const char* StreamReader::close() {
  bool array = tokens_.bracket == ']';
  if (kinds_.empty()) return array ? "Unmatched ']' at the top-level" : "Unmatched '}' at the top-level";
  if ((kinds_.back() == '[') != array) return array ? "Unmatched ']' in the middle of an object" : "Unmatched '}' in the middle of an array";
  bool empty = state_ == State::FirstOrClose || state_ == State::FirstKeyOrClose;
  if (!empty && state_ != State::CommaOrClose) {
    if (array) return "Expected another array element";
    return state_ == State::Value   ? "Missing value in key:value pair"
           : state_ == State::Colon ? "Objects must consist of key:value pairs"
                                    : "Expected another key:value pair";
  }
  emit_pending();
  if (empty) {
    path_.truncate(path_.size() - 1);
    emit(array ? Value::array() : Value::object());
  } else {
    Value event = Value::array(1);
    event.push(path_);
    events_.push_back(std::move(event));
    path_.truncate(path_.size() - 1);
  }
  kinds_.pop_back();
  state_ = kinds_.empty() ? State::Value : State::CommaOrClose;
  return nullptr;
}

const char* StreamReader::comma() {
  if (state_ == State::Colon) return "Objects must consist of key:value pairs";
  if (state_ != State::CommaOrClose) return "Expected value before ','";
  emit_pending();
  if (kinds_.back() == '[') {
    Value& last = path_.slot(path_.size() - 1);
    last = Value::number(last.num() + 1);
    state_ = State::Value;
  } else {
    state_ = State::Key;
  }
  return nullptr;
}

const char* StreamReader::colon() {
  if (kinds_.empty() || kinds_.back() == '[' || state_ == State::CommaOrClose) return "':' not as part of an object";
  if (state_ != State::Colon) return "Expected string key before ':'";
  if (!key_.is_string()) return "Object keys must be strings";
  path_.slot(path_.size() - 1) = std::move(key_);
  state_ = State::Value;
  return nullptr;
}

Read StreamReader::wrong(const std::string& message, bool at_end) {
  Read r = fail(message, at_end);
  if (!errors_ || done_) return r;
  done_ = true;
  Value event = Value::array(2);
  event.push(Value::string(error_));
  event.push(path_);
  events_.push_back(std::move(event));
  return Read::Value;
}

Read StreamReader::next(Value& out) {
  while (events_.empty()) {
    if (done_) return Read::End;
    Token t = tokens_.next();
    const char* bad = nullptr;
    switch (t) {
      case Token::More: return Read::More;
      case Token::Error:
        if (wrong(tokens_.error, tokens_.at_end()) == Read::Error) return Read::Error;
        continue;
      case Token::End:
        if (kinds_.empty()) return Read::End;
        if (wrong("Unfinished JSON term", true) == Read::Error) {
          kinds_.clear();
          return Read::Error;
        }
        continue;
      case Token::Separator:
        if (kinds_.empty()) continue;
        if (wrong("Truncated value", false) == Read::Error) return Read::Error;
        continue;
      case Token::Scalar:
        bad = scalar();
        if (bad && tokens_.number) tokens_.pass_delimiter();
        break;
      case Token::Open: bad = open(); break;
      case Token::Close: bad = close(); break;
      case Token::Comma: bad = comma(); break;
      case Token::Colon: bad = colon(); break;
    }
    if (bad && wrong(bad, false) == Read::Error) return Read::Error;
  }
  out = std::move(events_.front());
  events_.pop_front();
  return Read::Value;
}

}  // namespace nacre::jq
