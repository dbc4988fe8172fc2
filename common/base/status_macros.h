#ifndef KECHUANG_COMMON_BASE_STATUS_MACROS_H_
#define KECHUANG_COMMON_BASE_STATUS_MACROS_H_

// RETURN_IF_ERROR(expression): leaves the function with the status of expression unless it is OK.
// ASSIGN_OR_RETURN(declaration, expression): the value of a StatusOr, or leaves the function with its status.

#define KECHUANG_STATUS_CONCAT_INNER(a, b) a##b
#define KECHUANG_STATUS_CONCAT(a, b) KECHUANG_STATUS_CONCAT_INNER(a, b)

// The variable's name is new each time, so that a body may stand within an argument of another.
#define KECHUANG_RETURN_IF_ERROR(status, expression) \
  do {                                               \
    if (auto status = (expression); !status.ok()) {  \
      return status;                                 \
    }                                                \
  } while (false)

#define RETURN_IF_ERROR(expression) \
  KECHUANG_RETURN_IF_ERROR(KECHUANG_STATUS_CONCAT(kechuang_status_, __COUNTER__), expression)

#define KECHUANG_ASSIGN_OR_RETURN(result, declaration, expression) \
  auto result = (expression);                                      \
  if (!result.ok()) return std::move(result).status();             \
  declaration = std::move(result).value()

#define ASSIGN_OR_RETURN(declaration, expression) \
  KECHUANG_ASSIGN_OR_RETURN(KECHUANG_STATUS_CONCAT(kechuang_result_, __COUNTER__), declaration, expression)

#endif  // KECHUANG_COMMON_BASE_STATUS_MACROS_H_
