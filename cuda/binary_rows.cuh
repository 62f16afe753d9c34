// The functions of two arguments: a row each, in a, b and the type A (float or double) that is
// computed in. A file that includes this defines ROW, for results of that type, LONG, for the same
// as a function that is called where copies of it would be too much text, and TEST, for results
// that are true or false.
ROW(add, a + b)
ROW(sub, a - b)
ROW(mul, a * b)
ROW(div, a / b)
ROW(maximum, larger(a, b))
ROW(minimum, smaller(a, b))
LONG(pow, pow(a, b))
LONG(atan2, atan2(a, b))
LONG(remainder, floor_mod(a, b))
ROW(relu_grad, b <= 0 ? 0 : a)
TEST(eq, a == b)
TEST(ne, a != b)
TEST(lt, a < b)
TEST(le, a <= b)
TEST(gt, a > b)
TEST(ge, a >= b)
TEST(logical_and, a != 0 && b != 0)
TEST(logical_or, a != 0 || b != 0)
TEST(logical_xor, (a != 0) != (b != 0))
